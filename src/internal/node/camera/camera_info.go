package camera

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/calibration"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// cameraInfo is ~/camera_info: the camera's calibration with the stamp of each
// image, for images as they are published. Where the calibration does not fit the
// images, the message has their size only, as of an uncalibrated camera, and the
// log says why.
type cameraInfo struct {
	topic     node.Topic
	publisher *node.Publisher
	frameID   *node.FrameID
	log       *rclgo.Logger
	allowed   *Allowlist

	calibration atomic.Pointer[loadedCalibration] // in force
	disk        *node.Disk

	// The source's goroutine writes these, and others read them.
	mu        sync.Mutex
	described imageGeometry // of the message
	problem   string        // why the message lacks the calibration; empty if it has it

	// The source's goroutine uses these.
	message       *message.CameraInfo
	loggedProblem string // of this calibration, when it was last logged
}

// loadedCalibration is a calibration and its origin. It does not change.
type loadedCalibration struct {
	camera  calibration.Camera // zero if there is none
	origin  string             // for people
	problem string             // why there is none, if there should be one
}

// imageGeometry is the size of an image as captured, and how it is turned.
type imageGeometry struct {
	calibration   *loadedCalibration
	width, height int // [pixels]
	orientation   media.Orientation
}

// size returns the size of the image that is published.
func (g imageGeometry) size() (width, height int) { return g.orientation.Size(g.width, g.height) }

func newCameraInfo() *cameraInfo {
	return &cameraInfo{topic: node.Topic{Name: "~/camera_info", Depth: node.ImageDepth}}
}

// open makes the publisher and reads the calibration.
func (i *cameraInfo) open(b *node.Base, params param.Set, frameID *node.FrameID, config Config) (err error) {
	i.frameID, i.log, i.disk = frameID, b.Log, node.NewDisk(b.Supervisor.Left())
	i.load(config)
	file := i.calibration.Load().origin
	if other := b.Options.Peers.ClaimCalibration(b.ROS.FullyQualifiedName(), file); other != "" {
		i.log.Warnf("camera_info: %s has its calibration in %s too, and set_camera_info of one replaces that of the other: give each camera its own camera_name or camera_info_url", other, file)
	}
	if i.message, err = message.NewCameraInfo(frameID.Get()); err != nil {
		return err
	}
	i.publisher, err = b.Advertise(&i.topic, params, i.message)
	return err
}

// load reads the calibration that the node starts with. If that fails the camera is
// uncalibrated, and the log says why.
func (i *cameraInfo) load(config Config) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	c, err := i.read(ctx, config)
	if err != nil {
		i.log.Warnf("camera_info_url: %v: the camera is uncalibrated", err)
		c = &loadedCalibration{origin: config.CameraInfoURL, problem: err.Error()}
	}
	i.calibration.Store(c)
}

// read returns the calibration that the parameters name, and logs it. A file that is
// not there yet is no error: the camera is uncalibrated then.
func (i *cameraInfo) read(ctx context.Context, config Config) (*loadedCalibration, error) {
	path, err := calibration.Place(config.CameraInfoURL, config.CameraName)
	if err != nil {
		return nil, err
	}
	var camera calibration.Camera
	var name string
	err = i.disk.Do(ctx, path, func() (err error) {
		camera, name, err = i.allowed.readCalibration(config)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist) && config.CameraInfoURL == "":
		i.log.Infof("camera_info: the camera is uncalibrated: there is no %s", path)
		return &loadedCalibration{origin: path}, nil
	case errors.Is(err, fs.ErrNotExist):
		i.log.Warnf("camera_info: the camera is uncalibrated: camera_info_url means %s, which is not there yet", path)
		return &loadedCalibration{origin: path, problem: "there is no " + path + " yet"}, nil
	case err != nil:
		return nil, err
	}
	if name != "" && name != config.CameraName {
		i.log.Warnf("camera_info: %s is the calibration of camera %q, and camera_name is %q", path, name, config.CameraName)
	}
	if camera.Calibrated() {
		i.log.Infof("camera_info: calibrated for %dx%d by %s", camera.Width, camera.Height, path)
	} else {
		i.log.Infof("camera_info: the camera is uncalibrated: %s holds zeros", path)
	}
	return &loadedCalibration{camera: camera, origin: path}, nil
}

// publishFor publishes the message for an image of a size that is turned so. It runs
// on the source's goroutine, for each image, whether anybody is subscribed or not.
func (i *cameraInfo) publishFor(width, height int, orientation media.Orientation, stamp time.Time) error {
	shown := imageGeometry{i.calibration.Load(), width, height, orientation}
	if shown != i.described {
		if err := i.describe(shown); err != nil {
			return err
		}
	}
	if !i.publisher.Wanted() {
		return nil
	}
	if err := i.message.SetFrameID(i.frameID.Get()); err != nil {
		return err
	}
	i.message.Stamp(stamp)
	return i.publisher.Publish(i.message)
}

// describe brings the message up to date.
func (i *cameraInfo) describe(shown imageGeometry) error {
	camera, problem := shown.camera()
	i.mu.Lock()
	logged := problem == i.loggedProblem && shown.calibration == i.described.calibration // where sizes change to and fro
	i.described, i.problem = shown, problem
	i.mu.Unlock()
	if problem != "" && !logged {
		i.loggedProblem = problem
		i.log.Warnf("camera_info: %s: it tells the size only, as of an uncalibrated camera", problem)
	}
	return i.message.Describe(&camera)
}

// camera returns the calibration of the published images. problem says why the
// calibration does not fit them; camera has their size only then.
func (g imageGeometry) camera() (camera calibration.Camera, problem string) {
	width, height := g.size()
	unknown := calibration.Camera{Width: width, Height: height}
	c := &g.calibration.camera
	if !c.Calibrated() {
		return unknown, ""
	}
	if !c.Fits(g.width, g.height) {
		return unknown, fmt.Sprintf("%s is for images of %dx%d, the camera gives %dx%d: calibrate it at this size, or set image_width and image_height",
			g.calibration.origin, c.Width, c.Height, g.width, g.height)
	}
	turned, err := c.Turned(g.orientation)
	if err != nil {
		return unknown, fmt.Sprintf("%s cannot follow flip_horizontal, flip_vertical and rotate: %v", g.calibration.origin, err)
	}
	return turned, ""
}

// addTo adds the calibration to a report.
func (i *cameraInfo) addTo(report *node.Report) {
	c := i.calibration.Load()
	i.mu.Lock()
	problem := i.problem
	i.mu.Unlock()
	if problem == "" {
		problem = c.problem
	}
	switch {
	case problem != "":
		report.Values.Add("calibration", "none: %s", problem)
		report.RaiseLevel(diagnostic_msgs_msg.DiagnosticStatus_WARN, "uncalibrated: %s", problem)
	case c.camera.Calibrated():
		report.Values.Add("calibration", "%s", c.origin)
	default:
		report.Values.Add("calibration", "none")
	}
}

// close frees the message. The node has closed the publisher.
func (i *cameraInfo) close() {
	if i.message != nil {
		i.message.Close()
	}
}

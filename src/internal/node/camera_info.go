package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/calibration"
	"av_capture/src/internal/message"
	"av_capture/src/internal/param"
	"av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// cameraInfo is ~/camera_info: the camera's calibration with the stamp of each
// image, for images as they are published. A calibration that does not belong to
// them is never published as if it did: the message tells the size then, as of
// an uncalibrated camera, and the log why.
type cameraInfo struct {
	topic   topic
	frameID *frameName
	log     *rclgo.Logger
	advertised

	calibrated atomic.Pointer[calibrated] // in force
	disk       disk

	// The source's goroutine writes these, and others read them.
	mu    sync.Mutex
	shown view   // what the message describes
	wrong string // why the calibration is not in it; empty if it is

	// The source's goroutine uses these.
	message *message.CameraInfo
	told    string // what was wrong with this calibration when the log told of it last
}

// calibrated is a calibration with where it comes from. It does not change.
type calibrated struct {
	camera calibration.Camera // zero if there is none
	place  string             // for people
	wrong  string             // why there is none, if there should be one
}

// view is an image as the camera captures it and how it is turned.
type view struct {
	of            *calibrated
	width, height int // [pixels]
	orientation   acquire.Orientation
}

// size returns the size of the image that is published.
func (v view) size() (width, height int) { return v.orientation.Size(v.width, v.height) }

func newCameraInfo() *cameraInfo {
	return &cameraInfo{topic: topic{name: "~/camera_info", depth: imageDepth}, disk: newDisk()}
}

// open makes the publisher and reads the calibration.
func (i *cameraInfo) open(b *base, params param.Set, frameID *frameName, config CameraConfig) (err error) {
	i.frameID, i.log = frameID, b.log
	i.load(config)
	file := i.calibrated.Load().place
	if other := b.options.Peers.calibrate(b.node.FullyQualifiedName(), file); other != "" {
		i.log.Warnf("camera_info: %s has its calibration in %s too, and set_camera_info of one replaces that of the other: give each camera its own camera_name or camera_info_url", other, file)
	}
	if i.message, err = message.NewCameraInfo(frameID.now()); err != nil {
		return err
	}
	i.advertised, err = b.advertise(&i.topic, params, i.message)
	return err
}

// load reads the calibration that the node starts with. Where it cannot be read
// the camera is uncalibrated, and the log says why.
func (i *cameraInfo) load(config CameraConfig) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	c, err := i.read(ctx, config)
	if err != nil {
		i.log.Warnf("camera_info_url: %v: the camera is uncalibrated", err)
		c = &calibrated{place: config.CameraInfoURL, wrong: err.Error()}
	}
	i.calibrated.Store(c)
}

// read returns the calibration that the parameters name, and tells the log of
// it. It is uncalibrated, and no error, where no file is there yet.
func (i *cameraInfo) read(ctx context.Context, config CameraConfig) (*calibrated, error) {
	path, err := calibration.Place(config.CameraInfoURL, config.CameraName)
	if err != nil {
		return nil, err
	}
	var camera calibration.Camera
	var name string
	err = i.disk.do(ctx, func() (err error) {
		camera, name, err = calibration.Read(path)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist) && config.CameraInfoURL == "":
		i.log.Infof("camera_info: the camera is uncalibrated: there is no %s", path)
		return &calibrated{place: path}, nil
	case errors.Is(err, fs.ErrNotExist):
		i.log.Warnf("camera_info: the camera is uncalibrated: camera_info_url means %s, which is not there yet", path)
		return &calibrated{place: path, wrong: "there is no " + path + " yet"}, nil
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
	return &calibrated{camera: camera, place: path}, nil
}

// publish sends what belongs to an image of a size that is turned so. It runs on
// the source's goroutine, for each image, whether anybody takes that or not.
func (i *cameraInfo) publish(width, height int, orientation acquire.Orientation, stamp time.Time) error {
	seen := view{i.calibrated.Load(), width, height, orientation}
	if seen != i.shown {
		if err := i.describe(seen); err != nil {
			return err
		}
	}
	if !i.wanted() {
		return nil
	}
	if err := i.message.SetFrameID(i.frameID.now()); err != nil {
		return err
	}
	i.message.Stamp(stamp)
	return i.Publish(i.message)
}

// describe brings the message up to date.
func (i *cameraInfo) describe(seen view) error {
	camera, wrong := seen.camera()
	i.mu.Lock()
	again := wrong == i.told && seen.of == i.shown.of // where sizes change to and fro
	i.shown, i.wrong = seen, wrong
	i.mu.Unlock()
	if wrong != "" && !again {
		i.told = wrong
		i.log.Warnf("camera_info: %s: it tells the size only, as of an uncalibrated camera", wrong)
	}
	return i.message.Describe(&camera)
}

// camera returns what is known of the camera of these images; wrong says why
// that is not what its calibration says.
func (v view) camera() (camera calibration.Camera, wrong string) {
	width, height := v.size()
	unknown := calibration.Camera{Width: width, Height: height}
	c := &v.of.camera
	if !c.Calibrated() {
		return unknown, ""
	}
	if !c.Fits(v.width, v.height) {
		return unknown, fmt.Sprintf("%s is for images of %dx%d, the camera gives %dx%d: calibrate it at this size, or set image_width and image_height",
			v.of.place, c.Width, c.Height, v.width, v.height)
	}
	turned, err := c.Turned(v.orientation)
	if err != nil {
		return unknown, fmt.Sprintf("%s cannot follow flip_horizontal, flip_vertical and rotate: %v", v.of.place, err)
	}
	return turned, ""
}

// tell adds to the diagnostics what the calibration is.
func (i *cameraInfo) tell(a *account) {
	c := i.calibrated.Load()
	i.mu.Lock()
	wrong := i.wrong
	i.mu.Unlock()
	if wrong == "" {
		wrong = c.wrong
	}
	switch {
	case wrong != "":
		a.values.add("calibration", "none: %s", wrong)
		a.worsen(diagnostic_msgs_msg.DiagnosticStatus_WARN, "uncalibrated: %s", wrong)
	case c.camera.Calibrated():
		a.values.add("calibration", "%s", c.place)
	default:
		a.values.add("calibration", "none")
	}
}

// close frees the message. The publisher must have been closed, with its node.
func (i *cameraInfo) close() {
	if i.message != nil {
		i.message.Close()
	}
}

// disk does what may take for ever on a disk that hangs, one thing at a time.
type disk struct{ free chan struct{} }

func newDisk() disk {
	d := disk{make(chan struct{}, 1)}
	d.free <- struct{}{}
	return d
}

var errSlowDisk = errors.New("the disk does not answer")

// do waits for job as long as ctx lasts; then job goes on by itself, and what it
// writes to must be left alone.
func (d disk) do(ctx context.Context, job func() error) error {
	select {
	case <-d.free:
	case <-ctx.Done():
		return errSlowDisk
	}
	done := make(chan error, 1)
	go func() {
		err := job()
		d.free <- struct{}{}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errSlowDisk
	}
}

package node

import (
	"context"
	"errors"
	"fmt"

	"av_capture/src/internal/calibration"
	"av_capture/src/msgs/sensor_msgs/msg"
	"av_capture/src/msgs/sensor_msgs/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// newSetCameraInfo makes the service by which camera_calibration hands over what
// it has found out. Like changes of parameters, a request waits for its turn and
// not on the executor's thread: disks can be slow.
func (c *Camera) newSetCameraInfo() (*rclgo.Service, error) {
	service, err := sensor_msgs_srv.NewSetCameraInfoService(c.node, "~/set_camera_info", nil,
		func(_ *rclgo.ServiceInfo, request *sensor_msgs_srv.SetCameraInfo_Request, sender sensor_msgs_srv.SetCameraInfoServiceResponseSender) {
			camera := fromMessage(&request.CameraInfo)
			c.parameters.Do(func(ctx context.Context) {
				o := newOutcome(c.info.set(ctx, c.config, camera))
				response := sensor_msgs_srv.NewSetCameraInfo_Response()
				response.Success, response.StatusMessage = o.success, o.message
				answered(c.log, "set_camera_info", sender.SendResponse(response))
			})
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/set_camera_info: %w", err)
	}
	return service.Service, nil
}

// fromMessage returns what a message says of a camera.
func fromMessage(m *sensor_msgs_msg.CameraInfo) calibration.Camera {
	return calibration.Camera{
		Width: int(m.Width), Height: int(m.Height),
		Model: m.DistortionModel, D: m.D, K: m.K, R: m.R, P: m.P,
		BinningX: int(m.BinningX), BinningY: int(m.BinningY),
		Region: calibration.Region{
			X: int(m.Roi.XOffset), Y: int(m.Roi.YOffset),
			Width: int(m.Roi.Width), Height: int(m.Roi.Height), Rectify: m.Roi.DoRectify,
		},
	}
}

// set takes a calibration of the images as they are published, stores it where
// camera_info_url says, and answers in words. One that cannot be stored is in
// force all the same, as with camera_info_manager, and the error says both.
func (i *cameraInfo) set(ctx context.Context, config CameraConfig, camera calibration.Camera) (string, error) {
	if err := camera.Validate(); err != nil {
		return "", fmt.Errorf("refused: %w", err)
	}
	i.mu.Lock()
	shown := i.shown
	i.mu.Unlock()
	if width, height := shown.size(); shown.of != nil && !camera.Fits(width, height) {
		return "", fmt.Errorf("refused: it is for images of %dx%d, the camera gives %dx%d", camera.Width, camera.Height, width, height)
	}
	// Files are of the image as it is captured.
	camera, err := camera.Turned(calibration.Inverse(config.Orientation))
	if err != nil {
		return "", fmt.Errorf("refused while flip_horizontal, flip_vertical or rotate turns images: %w", err)
	}
	path, err := calibration.Place(config.CameraInfoURL, config.CameraName)
	if err == nil {
		name := config.CameraName
		err = i.disk.do(ctx, func() error { return calibration.Write(path, name, camera) })
	}
	if err != nil {
		i.calibrated.Store(&calibrated{camera: camera, place: "set_camera_info, not stored"})
		i.log.Errorf("camera_info: the new calibration could not be stored and is gone when the node ends: %v", err)
		return "", errors.Join(errors.New("in force until the node ends, but not stored"), err)
	}
	i.calibrated.Store(&calibrated{camera: camera, place: path})
	i.log.Infof("camera_info: calibrated for %dx%d by set_camera_info, stored in %s", camera.Width, camera.Height, path)
	return "stored in " + path, nil
}

package camera

import (
	"context"
	"errors"
	"fmt"

	"av_capture/src/internal/calibration"
	"av_capture/src/internal/node"
	"av_capture/src/internal/oneline"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
	sensor_msgs_srv "av_capture/src/msgs/sensor_msgs/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// newSetCameraInfo makes the service by which camera_calibration hands over a
// calibration. A request waits for its turn among changes of parameters, and not on
// the executor's thread: disks can be slow.
func (n *Node) newSetCameraInfo() (*rclgo.Service, error) {
	service, err := sensor_msgs_srv.NewSetCameraInfoService(n.ROS, "~/set_camera_info", nil,
		func(_ *rclgo.ServiceInfo, request *sensor_msgs_srv.SetCameraInfo_Request, sender sensor_msgs_srv.SetCameraInfoServiceResponseSender) {
			camera := fromMessage(&request.CameraInfo)
			answer := func(o node.Outcome) {
				response := sensor_msgs_srv.NewSetCameraInfo_Response()
				response.Success, response.StatusMessage = o.Success, o.Message
				node.WarnUnanswered(n.Log, "set_camera_info", sender.SendResponse(response))
			}
			n.Do(func(ctx context.Context) { answer(node.NewOutcome(n.info.setCalibration(ctx, n.config, camera))) },
				func(busy error) { answer(node.NewOutcome("", busy)) })
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/set_camera_info: %w", err)
	}
	return service.Service, nil
}

// fromMessage returns the calibration in a message.
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

// setCalibration takes a calibration of the images as they are published, stores it
// where camera_info_url says, and returns the answer in words. A calibration that
// cannot be stored is in force all the same, as with camera_info_manager, and the
// error says both.
func (i *cameraInfo) setCalibration(ctx context.Context, config Config, camera calibration.Camera) (string, error) {
	if err := camera.Validate(); err != nil {
		return "", fmt.Errorf("refused: %w", err)
	}
	i.mu.Lock()
	described := i.described
	i.mu.Unlock()
	if width, height := described.size(); described.calibration != nil && !camera.Fits(width, height) {
		return "", fmt.Errorf("refused: it is for images of %dx%d, the camera gives %dx%d", camera.Width, camera.Height, width, height)
	}
	// Files are of the image as it is captured.
	camera, err := camera.Turned(calibration.Inverse(config.Orientation))
	if err != nil {
		return "", fmt.Errorf("refused while flip_horizontal, flip_vertical or rotate turns images: %w", err)
	}
	if _, err := calibration.Format(config.CameraName, camera); err != nil {
		return "", fmt.Errorf("refused: %w", err)
	}
	path, err := calibration.Place(config.CameraInfoURL, config.CameraName)
	if err == nil {
		err = i.disk.Do(ctx, path, func() error { return i.allowed.writeCalibration(config, camera) })
	}
	if err != nil {
		i.calibration.Store(&loadedCalibration{camera: camera, origin: "set_camera_info, not stored"})
		i.log.Errorf("camera_info: the new calibration could not be stored and is gone when the node ends: %v", err)
		return "", oneline.Join(errors.New("in force until the node ends, but not stored"), err)
	}
	i.calibration.Store(&loadedCalibration{camera: camera, origin: path})
	i.log.Infof("camera_info: calibrated for %dx%d by set_camera_info, stored in %s", camera.Width, camera.Height, path)
	return "stored in " + path, nil
}

package camera

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"av_capture/src/internal/access"
	"av_capture/src/internal/calibration"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
)

// Allowlist holds the names that parameters may have while the node runs: those that
// its owner listed, those of the start, and V4L2 devices. It does not change, and any
// goroutine may use it. A nil Allowlist allows everything.
type Allowlist struct {
	list    *access.List
	sources []string // that may be set
	start   Config
}

func newAllowlist(set param.Set) (*Allowlist, error) {
	list, err := access.New(set.Strings(access.PathsParameter), set.Strings(access.URLsParameter))
	if err != nil {
		return nil, param.Misconfigured("%w", err)
	}
	start := configOf(set)
	sources := append(set.Strings(access.SourcesParameter), "v4l2", "file", "synthetic", start.Source)
	return &Allowlist{list: list, sources: sources, start: start}, nil
}

// namesSame reports whether two configurations name the same files and devices.
func (c Config) namesSame(other Config) bool {
	return c.Source == other.Source && c.VideoDevice == other.VideoDevice &&
		c.CameraName == other.CameraName && c.CameraInfoURL == other.CameraInfoURL
}

// check refuses changed parameters that name something that is not allowed. Those that
// stay as they are are not looked at: a file that is gone does not keep others from
// being changed.
func (a *Allowlist) check(before, config Config) error {
	if config.Source != before.Source && !slices.Contains(a.sources, config.Source) {
		return node.RefusedParameter("source", access.Refuse(config.Source, access.SourcesParameter))
	}
	if config.Source != before.Source || config.VideoDevice != before.VideoDevice {
		if err := a.checkDevice(config); err != nil {
			return node.RefusedParameter("video_device", err)
		}
	}
	if config.CameraInfoURL == before.CameraInfoURL && config.CameraName == before.CameraName {
		return nil
	}
	if config.CameraInfoURL != a.start.CameraInfoURL || config.CameraName != a.start.CameraName {
		if _, err := a.calibration(config); err != nil {
			return err
		}
	}
	return nil
}

// checkDevice refuses a video_device that is not allowed for its source.
func (a *Allowlist) checkDevice(config Config) (err error) {
	name := config.VideoDevice
	switch {
	case config.Source == "synthetic", config.Source == "ffmpeg" && len(config.FFmpegArgs) > 0:
	case config.Source == "file":
		_, err = a.File(name)
	case config.Source == "ffmpeg":
		_, _, err = a.Input(name)
	case config.Source == "opencv" && isPipeline(name):
		if name != a.start.VideoDevice {
			err = refusedPipeline(name)
		}
	default:
		err = a.device(name)
	}
	return err
}

// refusedPipeline returns the error for a pipeline. A pipeline may do anything, and
// there is no list of them.
func refusedPipeline(name string) error {
	return fmt.Errorf("%q is not the pipeline that the node started with; the owner gives it at start: %w", access.MaskedValue(name), access.ErrRefused)
}

// isPipeline tells a GStreamer pipeline from a device in the video_device of source
// opencv.
func isPipeline(name string) bool { return strings.Contains(name, "!") }

// usualDevice matches the names that the kernel and udev give V4L2 devices, plugged in
// or not.
var usualDevice = regexp.MustCompile(`^/dev/(video[0-9]+|v4l/by-(id|path)/[^/]+)$`)

// device refuses a path that does not lead to a V4L2 device. A name that is no path is
// only compared with the names of devices that are there.
func (a *Allowlist) device(name string) error {
	switch {
	case !strings.HasPrefix(name, "/"), a.namedAtStart(name), isVideoDevice(name), access.InDev(name) && usualDevice.MatchString(name):
		return nil
	case slices.Contains(strings.Split(name, "/"), ".."):
		return access.Refuse(name, access.PathsParameter) // it is opened as it is written
	}
	_, err := a.list.Path(name)
	return err
}

// isVideoDevice reports whether a path lies beneath /dev and leads to a V4L2 device.
func isVideoDevice(path string) bool { return access.InDev(path) && access.IsVideoDevice(path) }

// namedAtStart reports whether the node started with a video_device.
func (a *Allowlist) namedAtStart(name string) bool { return a == nil || name == a.start.VideoDevice }

// File returns the path or URL that source file opens for a video_device: a path
// without links that an allowed one leads to, or an allowed URL.
func (a *Allowlist) File(name string) (string, error) {
	path := inputurl.LocalPath(name)
	switch {
	case a.namedAtStart(name):
		return name, nil
	case inputurl.IsURL(name):
		return a.list.URL(name)
	case isVideoDevice(path):
		return path, nil // the source refuses it, as it is no file
	case strings.Contains(path, "%"):
		return a.list.Sequence(path)
	}
	return a.list.Path(path)
}

// Input returns the input that source ffmpeg opens for a video_device, as File does.
// device says that it is the name of a V4L2 device.
func (a *Allowlist) Input(name string) (input string, device bool, err error) {
	path := inputurl.LocalPath(name)
	if inputurl.IsURL(name) {
		if !a.namedAtStart(name) {
			name, err = a.list.URL(name)
		}
		return name, false, err
	}
	if a.namedAtStart(name) {
		return name, !isFile(path), nil
	}
	within, err := a.list.Path(path)
	switch {
	case err == nil && strings.Contains(within, "%"):
		// ffmpeg would look for a sequence, which may contain links.
		return "", false, access.Refuse(name, access.PathsParameter)
	case err == nil && isFile(within):
		return within, false, nil
	case err == nil && strings.Contains(path, "/") && isMissing(within):
		return within, false, nil // it may come
	case strings.Contains(path, "/") && !strings.HasPrefix(path, "/"):
		return "", false, err
	}
	return path, true, a.device(path)
}

// isFile reports whether a path leads to a regular file.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// isMissing reports whether a path leads nowhere.
func isMissing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// calibration returns the path, without links, of the file that belongs to
// camera_info_url and camera_name.
func (a *Allowlist) calibration(config Config) (path string, err error) {
	path, _, err = a.locateCalibration(config)
	return path, err
}

// locateCalibration is calibration. It also returns the list that allows the file, or nil for
// the file of the start.
func (a *Allowlist) locateCalibration(config Config) (string, *access.List, error) {
	path, err := calibration.Place(config.CameraInfoURL, config.CameraName)
	if a == nil || config.CameraInfoURL == a.start.CameraInfoURL && config.CameraName == a.start.CameraName {
		return path, nil, err
	}
	list, value, parameter := a.list, config.CameraInfoURL, "camera_info_url"
	if value == a.start.CameraInfoURL {
		value, parameter = config.CameraName, "camera_name" // a part of the path
	}
	if start, err := calibration.Place(a.start.CameraInfoURL, a.start.CameraName); err == nil {
		list = list.WithFile(start)
	}
	if err == nil {
		path, err = list.Path(path)
	}
	if err != nil {
		// Whether a package is there is not for strangers either.
		return "", nil, node.RefusedParameter(parameter, access.Refuse(value, access.PathsParameter))
	}
	return path, list, nil
}

// readCalibration reads the file that belongs to camera_info_url and camera_name. It
// waits for the disk.
func (a *Allowlist) readCalibration(config Config) (calibration.Camera, string, error) {
	path, list, err := a.locateCalibration(config)
	if err != nil {
		return calibration.Camera{}, "", err
	}
	if list == nil {
		return calibration.Read(path)
	}
	folder, path, err := list.Parent(path, false)
	if err != nil {
		return calibration.Camera{}, "", err
	}
	defer folder.Close()
	return calibration.ReadIn(folder, path)
}

// writeCalibration writes the file that belongs to camera_info_url and camera_name. It
// waits for the disk.
func (a *Allowlist) writeCalibration(config Config, camera calibration.Camera) error {
	path, list, err := a.locateCalibration(config)
	if err != nil {
		return err
	}
	if list == nil {
		return calibration.Write(path, config.CameraName, camera)
	}
	folder, path, err := list.Parent(path, true)
	if err != nil {
		return err
	}
	defer folder.Close()
	return calibration.WriteIn(folder, path, config.CameraName, camera)
}

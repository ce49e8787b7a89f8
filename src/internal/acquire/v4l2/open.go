package v4l2

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

// openCapture opens a device node that captures video.
func openCapture(path string) (_ *device, _ capability, err error) {
	d, err := openDevice(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return nil, capability{}, gone(err)
	case errors.Is(err, fs.ErrPermission):
		return nil, capability{}, denied(path, err)
	case errors.Is(err, errNoVideoDevice):
		return nil, capability{}, fmt.Errorf("no V4L2 device: %w; %s: %w", err, describe(List()), media.ErrUnknownDevice)
	case err != nil:
		return nil, capability{}, busy(path, err)
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	c, err := d.capability()
	switch {
	case errors.Is(err, unix.ENODEV):
		return nil, c, gone(err)
	case err != nil:
		return nil, c, fmt.Errorf("no V4L2 device: %w; %s: %w", err, describe(List()), media.ErrUnknownDevice)
	case !c.capture:
		return nil, c, fmt.Errorf("%s captures no video with this node; %s: %w", c.card, describe(List()), media.ErrUnknownDevice)
	}
	return d, c, nil
}

// gone makes the error of an absent device, which lists the others.
func gone(err error) error {
	return fmt.Errorf("%w; %s: %w", err, describe(List()), media.ErrAbsent)
}

// busy names the user of a device if that is why a request has failed.
func busy(path string, err error) error {
	if errors.Is(err, unix.EBUSY) {
		return fmt.Errorf("%s: %w", holder.Of(path), media.ErrBusy)
	}
	return err
}

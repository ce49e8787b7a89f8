package v4l2

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire/v4l2/control"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

// Controls implements [acquire.Controlled].
func (s *Source) Controls() ([]media.Control, error) {
	set := s.controlSet()
	if set == nil {
		return nil, s.errorf("not open: %w", media.ErrAbsent)
	}
	controls, err := set.Controls()
	if err != nil {
		return nil, s.errorf("%w", err)
	}
	return controls, nil
}

// OtherControls implements [acquire.Controlled]: it returns the labels of arrays and structs.
func (s *Source) OtherControls() []string {
	if set := s.controlSet(); set != nil {
		return set.Others()
	}
	return nil
}

// SetControl implements [acquire.Controlled]. Streaming goes on. The error of an inactive
// control names the automatic control that makes it so.
func (s *Source) SetControl(name string, value media.ControlValue) error {
	set := s.controlSet()
	if set == nil {
		return s.errorf("not open: %w", media.ErrAbsent)
	}
	return set.Change(name, value)
}

// WatchControls implements [acquire.Controlled]. Events come with the descriptor that
// streams; it waits on a duplicate, so that Close does not free the number meanwhile.
func (s *Source) WatchControls(ctx context.Context, changed func()) error {
	set, d, err := s.duplicate()
	if err != nil {
		return s.errorf("watch the controls: %w", err)
	}
	defer d.close()
	for _, id := range set.IDs() {
		if err := d.subscribe(id); err != nil && !errors.Is(err, unix.EINVAL) {
			return s.errorf("watch the controls: %w", unplugged(err))
		}
	}
	if err := watch(ctx, d, changed); err != nil {
		return s.errorf("watch the controls: %w", err)
	}
	return nil
}

// unplugged makes ErrLost of the error of a device that is gone.
func unplugged(err error) error {
	if errors.Is(err, unix.ENODEV) {
		return fmt.Errorf("unplugged: %w", media.ErrLost)
	}
	return err
}

// controlSet returns the controls of the open device, or nil.
func (s *Source) controlSet() *control.Set {
	s.access.RLock()
	defer s.access.RUnlock()
	return s.controls
}

// duplicate returns the controls and a duplicate of the device, which the caller closes.
func (s *Source) duplicate() (*control.Set, *device, error) {
	s.access.RLock() // Close waits until the descriptor is duplicated
	defer s.access.RUnlock()
	if s.controls == nil {
		return nil, nil, media.ErrAbsent
	}
	d, err := s.watched.duplicate()
	return s.controls, d, err
}

// watch calls changed when there are events, until ctx ends or the device is gone.
func watch(ctx context.Context, d *device, changed func()) error {
	ended, release, err := clock.DoneFD(ctx)
	if err != nil {
		return err
	}
	defer release()
	files := []unix.PollFd{{Fd: int32(d.fd), Events: unix.POLLPRI}, {Fd: int32(ended), Events: unix.POLLIN}}
	for ctx.Err() == nil {
		if _, err := unix.Poll(files, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("poll: %w", err)
		}
		if ctx.Err() != nil {
			return nil
		}
		some, err := d.drain()
		if some {
			changed()
		}
		if err != nil {
			return fmt.Errorf("take an event: %w", unplugged(err))
		}
		if files[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 {
			return media.ErrLost
		}
	}
	return nil
}

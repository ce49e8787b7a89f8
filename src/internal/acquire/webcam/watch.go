package webcam

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
)

// Controls returns the controls of an open V4L2 device, as [acquire.Controlled]
// has it. A File has none.
func (s *Source) Controls() ([]acquire.Control, error) {
	if s.config.Kind != V4L2 {
		return nil, nil
	}
	p, _ := s.panel()
	if p == nil {
		return nil, s.errorf("not open: %w", acquire.ErrAbsent)
	}
	controls, err := p.controls()
	if err != nil {
		return nil, s.errorf("%w", err)
	}
	return controls, nil
}

// OtherControls returns the labels of the controls of an open V4L2 device that
// are arrays or structs.
func (s *Source) OtherControls() []string {
	if p, _ := s.panel(); p != nil {
		return p.others
	}
	return nil
}

// SetControl changes a control of an open V4L2 device. Streaming goes on. It
// fails where the control is inactive, naming the one that makes it so.
func (s *Source) SetControl(name string, value acquire.ControlValue) error {
	p, _ := s.panel()
	if p == nil {
		return s.errorf("not open: %w", acquire.ErrAbsent)
	}
	return p.set(name, value)
}

// WatchControls calls changed when another program has changed a control, or
// this one. It takes a descriptor of its own, since the driver keeps events for
// each.
func (s *Source) WatchControls(ctx context.Context, changed func()) error {
	p, path := s.panel()
	if p == nil {
		return s.errorf("not open: %w", acquire.ErrAbsent)
	}
	n, err := openNode(path)
	if err != nil {
		return s.errorf("watch the controls: %w", err)
	}
	defer n.close()
	for _, id := range p.ids() {
		if err := n.subscribe(id); err != nil && !errors.Is(err, unix.EINVAL) {
			return s.errorf("watch the controls: %w", err)
		}
	}
	if err := watch(ctx, n, changed); err != nil {
		return s.errorf("watch the controls: %w", err)
	}
	return nil
}

// panel returns the controls of the open device and the path of its node, or
// nil.
func (s *Source) panel() (*panel, string) {
	s.access.RLock()
	defer s.access.RUnlock()
	return s.controls, s.path
}

// watch calls changed when there are events in the node's queue, until ctx ends
// or the device is gone.
func watch(ctx context.Context, n *node, changed func()) error {
	ended, release, err := acquire.Ended(ctx)
	if err != nil {
		return err
	}
	defer release()
	files := []unix.PollFd{{Fd: int32(n.fd), Events: unix.POLLPRI}, {Fd: int32(ended), Events: unix.POLLIN}}
	for ctx.Err() == nil {
		if _, err := unix.Poll(files, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("poll: %w", err)
		}
		if ctx.Err() != nil {
			return nil
		}
		some, err := n.drain()
		if some {
			changed()
		}
		if err != nil {
			return fmt.Errorf("take an event: %w", err)
		}
		if files[0].Revents&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 {
			return acquire.ErrLost
		}
	}
	return nil
}

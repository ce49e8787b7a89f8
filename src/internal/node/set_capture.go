package node

import (
	"context"
	"errors"
	"fmt"

	"av_capture/src/msgs/std_srvs/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// newSetCapture makes the service by which a node gives its device back and
// takes it again.
//
// A request waits for its turn among changes of parameters, which concern the
// device too, and not on the executor's thread.
func (b *base) newSetCapture() (*rclgo.Service, error) {
	service, err := std_srvs_srv.NewSetBoolService(b.node, "~/set_capture", nil,
		func(_ *rclgo.ServiceInfo, request *std_srvs_srv.SetBool_Request, sender std_srvs_srv.SetBoolServiceResponseSender) {
			on := request.Data
			b.parameters.Do(func(ctx context.Context) {
				o := newOutcome(b.supervisor.setCapture(ctx, on))
				response := std_srvs_srv.NewSetBool_Response()
				response.Success, response.Message = o.success, o.message
				answered(b.log, "set_capture", sender.SendResponse(response))
			})
		})
	if err != nil {
		return nil, fmt.Errorf("node: service ~/set_capture: %w", err)
	}
	return service.Service, nil
}

// setCapture closes the source until it is called again with true, and says in
// words what came of it before ctx ends. Parameters can be changed meanwhile.
// One goroutine at a time may call it or replace, while run runs.
func (s *supervisor) setCapture(ctx context.Context, on bool) (message string, err error) {
	s.mu.Lock()
	changed := s.off == on
	s.mu.Unlock()
	switch {
	case !changed && on:
		return "capture is on already" + s.state.trouble(), nil
	case !changed:
		return "capture is off already", nil
	case on:
		message, err = s.ask(ctx, &change{aim: resume}, "capture is on, the device is still being opened", nil)
		if message == "" {
			message = "capture is on, the device is open"
		}
	default:
		message, err = "capture is off, the device is free", nil
		_, err = s.ask(ctx, &change{aim: stop}, "", errors.New("capture stays on: the source is still being closed, try again"))
	}
	return message, err
}

// answerResume says why a source did not open when capture was turned on. It is
// tried again whatever the reason.
func (s *supervisor) answerResume(c *change, err error) {
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		c.settle("capture is on", nil)
	case absent(err):
		c.settle(fmt.Sprintf("capture is on, the device is taken when it comes: %v", err), nil)
	default:
		c.settle("", fmt.Errorf("capture is on, but the device does not open and is tried again: %w", err))
	}
}

// stopped answers the change that stops capture, whose session has ended, and
// waits for the one that resumes it, which it returns with the session that is
// the current one by then. It returns no change when ctx ends, or when the one
// who asked has given up before.
func (s *supervisor) stopped(ctx context.Context, current session, c *change) (session, *change) {
	s.setOff(true)
	if !c.settle("", nil) {
		s.setOff(false)
		return current, nil
	}
	s.state.close()
	s.said, s.pause, s.wasOff = "", firstRetry, true
	s.log.Infof("capture is off, the device is free")
	for {
		select {
		case <-ctx.Done():
			return current, nil
		case c = <-s.changes:
		}
		switch c.aim {
		case exchange:
			// Before the answer, since the one who asked goes on with it.
			before := s.took(nil)
			if c.settle("accepted, capture is off", nil) {
				current = c.session
			} else {
				s.took(before)
			}
		case stop:
			c.settle("", nil)
		case resume:
			s.setOff(false)
			s.state.reopen()
			return current, c
		}
	}
}

func (s *supervisor) setOff(off bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off = off
}

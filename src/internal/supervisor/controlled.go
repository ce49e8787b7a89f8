package supervisor

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/await"
	"av_capture/src/internal/media"
)

// controlLimit bounds a request for a control: less than a change of parameters,
// which has to be answered after it, and far more than drivers need.
const controlLimit = 3 * time.Second

// controlled stands for a device's controls. Its methods return also when the driver
// hangs: such a request is left behind, and until it comes back all others are refused at
// once. Any goroutine may use it.
type controlled struct {
	device acquire.Controlled
	name   string // of the source, for people
	left   *Left

	hang atomic.Int32 // requests that were left behind
}

// request makes a request of the device, and waits for it.
func request[T any](c *controlled, ask func() (T, error)) (T, error) {
	var none T
	if c.hang.Load() > 0 {
		return none, fmt.Errorf("the driver still owes the answer to an earlier request: %w", media.ErrLost)
	}
	call := await.Go(ask)
	if call.Within(controlLimit) {
		return call.Result()
	}
	leaveRequest(c, "a request for the controls of", call.Begun(), call)
	return none, fmt.Errorf("the driver does not answer within %v: %w", controlLimit, media.ErrLost)
}

// leaveRequest leaves a request behind.
func leaveRequest[T any](c *controlled, doing string, since time.Time, call *await.Call[T]) {
	c.hang.Add(1)
	back := c.left.add(ofControl, doing+" "+c.name, since, "its driver hangs: plug it in anew, or restart the machine")
	call.Leave(func(T, error) {
		c.hang.Add(-1)
		back()
	})
}

// Controls implements [acquire.Controlled].
func (c *controlled) Controls() ([]media.Control, error) { return request(c, c.device.Controls) }

// OtherControls implements [acquire.Controlled]. There are none while the driver hangs.
func (c *controlled) OtherControls() []string {
	labels, _ := request(c, func() ([]string, error) { return c.device.OtherControls(), nil })
	return labels
}

// SetControl implements [acquire.Controlled].
func (c *controlled) SetControl(name string, value media.ControlValue) error {
	_, err := request(c, func() (struct{}, error) { return struct{}{}, c.device.SetControl(name, value) })
	return err
}

// WatchControls implements [acquire.Controlled]. It returns soon after ctx has ended.
func (c *controlled) WatchControls(ctx context.Context, changed func()) error {
	call := await.Do(func() error {
		return c.device.WatchControls(ctx, func() {
			if ctx.Err() == nil {
				changed()
			}
		})
	})
	if call.Until(ctx) {
		return call.Err()
	}
	ended := time.Now()
	if call.Within(closeLimit) {
		return call.Err()
	}
	leaveRequest(c, "watching the controls of", ended, call)
	return ctx.Err()
}

package node

import (
	"context"
	"errors"
	"runtime"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// executor spins what one node waits for in a wait set and a thread of its own,
// so that a callback of one node never delays the other node.
type executor struct {
	waitSet *rclgo.WaitSet
	timers  []*rclgo.Timer
}

func newExecutor(ctx *rclgo.Context) (*executor, error) {
	waitSet, err := ctx.NewWaitSet()
	if err != nil {
		return nil, err
	}
	return &executor{waitSet: waitSet}, nil
}

// add takes over a timer. It must not be called while run is running.
func (e *executor) add(timer *rclgo.Timer) {
	e.timers = append(e.timers, timer)
	e.waitSet.AddTimers(timer)
}

// serve has services answered. Their owner closes them, after run. It must not
// be called while run is running.
func (e *executor) serve(services ...*rclgo.Service) { e.waitSet.AddServices(services...) }

// run calls back until ctx ends. It keeps its thread to itself.
func (e *executor) run(ctx context.Context) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := e.waitSet.Run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (e *executor) close() error {
	errs := []error{e.waitSet.Close()}
	for _, timer := range e.timers {
		errs = append(errs, timer.Close())
	}
	return errors.Join(errs...)
}

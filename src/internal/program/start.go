package program

import (
	"context"
	"errors"

	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Lifetime is the process as the work of a program sees it: a [Process]. Any goroutine may
// use it.
type Lifetime interface {
	// Context ends when the process is asked to end.
	Context() context.Context

	// Doing notes what is under way, as in "the source of /camera", until done is
	// called. The message of an end by force names it.
	Doing(what string) (done func())

	// Alive restarts the time that the end may take, for work that takes long on
	// purpose, such as sound that is still to be heard.
	Alive()

	// End begins the end without a signal, unless it has begun. The process is ended by
	// force, with this status, unless it has ended in time.
	End(status int)
}

// Start is the start of a program: its process and ROS's arguments.
type Start struct {
	Lifetime
	Overrides *param.Overrides // parameters given after --ros-args

	rosArgs *rclgo.Args
}

// EndWith is End with the status for err, for before closings that may hang, too.
func (s *Start) EndWith(err error) { s.End(ExitStatus(err)) }

// WithROS starts ROS with the process's arguments, calls run, and shuts ROS down.
func (s *Start) WithROS(run func(parent *rclgo.Context) error) (err error) {
	started := s.Doing("the start of ROS")
	// A steady clock for timers: they go on when the system's clock is set.
	parent, err := rclgo.NewContext(rclgo.ClockTypeSteadyTime, s.rosArgs)
	started()
	if err != nil {
		// Only arguments and environment, such as ROS_DOMAIN_ID, can be wrong here.
		return param.Misconfigured("start ROS: %w", StartError(err))
	}
	defer func() {
		defer s.Doing("the shutdown of ROS")()
		err = errors.Join(err, parent.Close())
	}()
	return run(parent)
}

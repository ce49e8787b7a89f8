package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"av_capture/src/internal/leaktest"
	lifecycle_msgs_msg "av_capture/src/msgs/lifecycle_msgs/msg"
	lifecycle_msgs_srv "av_capture/src/msgs/lifecycle_msgs/srv"

	"github.com/google/go-cmp/cmp"
	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// TestMain fails if a server leaves anything behind. Files that the middleware keeps
// for as long as the process runs are open before.
func TestMain(m *testing.M) {
	os.Setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "OFF")
	parent, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, nil)
	if err == nil {
		_, err = parent.NewNode("first", "")
		err = errors.Join(err, parent.Close())
	}
	if err != nil {
		panic(err)
	}
	os.Exit(leaktest.Run(m))
}

// bench is a server whose callbacks do as they are told.
type bench struct {
	*Server
	called []string // the callbacks, in order
	states []string // that the callbacks saw
	fail   map[string]error
}

// newBench makes a server whose queue begins each job at once, on a goroutine of its own.
func newBench(t *testing.T, fail map[string]error) *bench {
	parent, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, nil)
	if err != nil {
		t.Fatal(err)
	}
	node, err := parent.NewNode("lifecycle_test", "")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{fail: fail}
	callback := func(name string) func(context.Context) error {
		return func(context.Context) error {
			state, _ := b.State()
			b.called, b.states = append(b.called, name), append(b.states, state)
			return b.fail[name]
		}
	}
	var jobs sync.WaitGroup
	queue := func(job func(context.Context), _ func(error)) {
		jobs.Add(1)
		go func() {
			defer jobs.Done()
			job(t.Context())
		}()
	}
	b.Server, err = New(node, queue, Callbacks{
		Configure: callback("configure"), Activate: callback("activate"), Deactivate: callback("deactivate"),
		Cleanup: callback("cleanup"), Shutdown: callback("shutdown"), Recover: callback("recover"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		jobs.Wait()
		if err := errors.Join(b.Close(), parent.Close()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// answers receives the responses to one client.
type answers chan types.Message

func (a answers) SendResponse(response types.Message) error {
	a <- response
	return nil
}

// change requests a transition and returns the response.
func (b *bench) change(label string) bool {
	answer := make(answers, 1)
	b.changeState(nil, &lifecycle_msgs_srv.ChangeState_Request{Transition: lifecycle_msgs_msg.Transition{Label: label}}, answer)
	return (<-answer).(*lifecycle_msgs_srv.ChangeState_Response).Success
}

// TestAFailedTransitionEndsWhereItShould: in the state before after an error; unconfigured
// after a fault and a recovery; finalized after a shutdown, or a fault without a recovery.
func TestAFailedTransitionEndsWhereItShould(t *testing.T) {
	ordinary, fault := errors.New("it does not work"), fmt.Errorf("it is broken: %w", ErrFault)
	way := []string{"configure", "activate", "deactivate", "cleanup"}
	before := map[string]string{"configure": "unconfigured", "activate": "inactive", "deactivate": "active", "cleanup": "inactive", "shutdown": "finalized"}
	during := map[string]string{"configure": "configuring", "activate": "activating", "deactivate": "deactivating", "cleanup": "cleaningup", "shutdown": "shuttingdown"}
	for transition := range before {
		for _, c := range []struct {
			fail    error
			recover error
			end     string
			called  []string
		}{
			{ordinary, nil, before[transition], []string{transition}},
			{fault, nil, "unconfigured", []string{transition, "recover"}},
			{fault, ordinary, "finalized", []string{transition, "recover"}},
		} {
			t.Run(fmt.Sprintf("%s, %v, %v", transition, c.fail, c.recover), func(t *testing.T) {
				b := newBench(t, nil)
				for _, step := range way[:max(0, slices.Index(way, transition))] {
					if !b.change(step) {
						t.Fatalf("%s failed", step)
					}
				}
				b.called, b.states = nil, nil
				b.fail = map[string]error{transition: c.fail, "recover": c.recover}
				if b.change(transition) {
					t.Error("it succeeded")
				}
				state, failure := b.State()
				if state != c.end || !errors.Is(failure, c.fail) || c.recover != nil && !errors.Is(failure, c.recover) {
					t.Errorf("%s since %v, want %s since %v", state, failure, c.end, c.fail)
				}
				if diff := cmp.Diff(c.called, b.called); diff != "" {
					t.Errorf("called (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff([]string{during[transition], "errorprocessing"}[:len(c.called)], b.states); diff != "" {
					t.Errorf("in states (-want +got):\n%s", diff)
				}
				if state == "unconfigured" {
					b.fail = nil
					if !b.change("configure") {
						t.Error("it cannot be configured again")
					}
					if _, failure := b.State(); failure != nil {
						t.Errorf("the failure outlives a success: %v", failure)
					}
				}
			})
		}
	}
}

// TestQuestionsAreAnsweredDuringATransition needs the race detector to fail, too.
func TestQuestionsAreAnsweredDuringATransition(t *testing.T) {
	b := newBench(t, nil)
	begun, end := make(chan struct{}), make(chan struct{})
	b.callbacks.Configure = func(context.Context) error {
		close(begun)
		<-end
		return nil
	}
	answer, questions := make(answers, 1), make(answers, 3)
	b.changeState(nil, &lifecycle_msgs_srv.ChangeState_Request{Transition: lifecycle_msgs_msg.Transition{Id: lifecycle_msgs_msg.Transition_TRANSITION_CONFIGURE}}, answer)
	<-begun
	b.getState(nil, nil, questions)
	b.getStates(nil, nil, questions)
	b.getTransitions(b.machine.Available)(nil, nil, questions)
	if got := (<-questions).(*lifecycle_msgs_srv.GetState_Response).CurrentState; got.Id != lifecycle_msgs_msg.State_TRANSITION_STATE_CONFIGURING || got.Label != "configuring" {
		t.Errorf("state %+v, want configuring", got)
	}
	if got := (<-questions).(*lifecycle_msgs_srv.GetAvailableStates_Response).AvailableStates; len(got) < 10 {
		t.Errorf("only %d states", len(got))
	}
	for _, got := range (<-questions).(*lifecycle_msgs_srv.GetAvailableTransitions_Response).AvailableTransitions {
		if got.StartState.Label != "configuring" {
			t.Errorf("%+v is available while configuring", got)
		}
	}
	close(end)
	if !(<-answer).(*lifecycle_msgs_srv.ChangeState_Response).Success {
		t.Error("it failed")
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/program"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// acts are the acts of fakes, in order.
type acts struct {
	mu   sync.Mutex
	done []string
}

func (a *acts) add(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done = append(a.done, fmt.Sprintf(format, args...))
}

// fake is a node that notes its end and its closing, and fails with fault.
type fake struct {
	name  string
	acts  *acts
	ros   *rclgo.Node
	fault chan error
	up    func()
}

func (f *fake) Parameters() param.Node { return param.Node{Name: "/" + f.name, Table: emptyTable} }
func (f *fake) ProfilingPort() int     { return 0 }
func (f *fake) Info(string)            {} // of killed processes' segments, whose number differs
func (f *fake) Warn(text string)       { f.acts.add("%s warns %s", f.name, text) }

func (f *fake) Run(ctx context.Context) error {
	f.up()
	select {
	case <-ctx.Done():
		f.acts.add("ended")
		return nil
	case err := <-f.fault:
		f.acts.add("ended")
		return err
	}
}

func (f *fake) Close() error {
	f.acts.add("%s closed", f.name)
	return f.ros.Close() // which fails if the context is gone
}

// process is a process that nothing ends by force.
type process struct{ ctx context.Context }

func (p process) Context() context.Context { return p.ctx }
func (p process) Doing(string) func()      { return func() {} }
func (p process) Alive()                   {}
func (p process) End(int)                  {}

// execute runs the program with these arguments.
func execute(t *testing.T, args ...string) error {
	return newArguments().program().Execute(process{t.Context()}, args)
}

var emptyTable = param.NewTable(nil)

// fakes replaces the nodes by two fakes. It returns their acts, the channel that makes the
// first of them fail, and one that is closed when both run.
func fakes(t *testing.T) (*acts, chan<- error, <-chan struct{}) {
	t.Helper()
	t.Setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
	t.Setenv("ROS_DOMAIN_ID", "54")
	before := nodeTypes
	t.Cleanup(func() { nodeTypes = before })
	done := &acts{}
	var running sync.WaitGroup
	fault := make(chan error, 1)
	nodeTypes = nil
	for i, name := range []string{"camera", "microphone"} {
		running.Add(1)
		nodeTypes = append(nodeTypes, nodeType{name, emptyTable, func(parent *rclgo.Context, options node.Options, _ bool) (runner, error) {
			ros, err := parent.NewNode(options.Name, "")
			f := &fake{name: name, acts: done, ros: ros, up: running.Done}
			if i == 0 {
				f.fault = fault
			}
			return f, err
		}})
	}
	both := make(chan struct{})
	go func() {
		running.Wait()
		close(both)
	}()
	return done, fault, both
}

// noting is a process that notes the work under way.
type noting struct {
	process
	doing map[string]bool
}

func (n noting) Doing(what string) func() {
	n.doing[what] = true
	return func() { delete(n.doing, what) }
}

func TestWhatHangsWhileANodeIsMadeIsNamed(t *testing.T) {
	n := noting{process{t.Context()}, map[string]bool{}}
	failed := errors.New("failed")
	front := nodeType{"camera", emptyTable, func(*rclgo.Context, node.Options, bool) (runner, error) {
		if !n.doing["making node front"] {
			t.Errorf("under way: %v", n.doing)
		}
		return nil, failed
	}}
	_, err := makeNodes(&program.Start{Lifetime: n, Overrides: &param.Overrides{}}, nil, []nodeSpec{{typ: &front, name: "front"}}, false)
	if !errors.Is(err, failed) || len(n.doing) != 0 {
		t.Errorf("%v, under way: %v", err, n.doing)
	}
}

func TestASignalEndsBothNodesBeforeTheyAreClosed(t *testing.T) {
	done, _, both := fakes(t)
	ctx, signal := context.WithCancel(t.Context())
	go func() {
		<-both
		signal()
	}()
	err := newArguments().program().Execute(process{ctx}, nil)
	if status := program.ExitStatus(err); status != 0 {
		t.Errorf("status %d (%v), want 0", status, err)
	}
	if want := []string{"ended", "ended", "camera closed", "microphone closed"}; !slices.Equal(done.done, want) {
		t.Errorf("got %q, want %q", done.done, want)
	}
}

func TestAFaultOfOneNodeEndsTheOtherAndIsStatus2(t *testing.T) {
	done, fault, both := fakes(t)
	go func() {
		<-both
		fault <- errors.New("executor: wait: no memory")
	}()
	err := execute(t)
	if status := program.ExitStatus(err); status != 2 {
		t.Errorf("status %d (%v), want 2", status, err)
	}
	if err == nil || !strings.Contains(err.Error(), "node /camera: executor: wait: no memory") {
		t.Errorf("error %v, want one that names the node", err)
	}
	if want := []string{"ended", "ended", "camera closed", "microphone closed"}; !slices.Equal(done.done, want) {
		t.Errorf("got %q, want %q", done.done, want)
	}
}

func TestANodeThatCannotBeMadeClosesThoseBefore(t *testing.T) {
	done, _, _ := fakes(t)
	nodeTypes[1].make = func(*rclgo.Context, node.Options, bool) (runner, error) {
		return nil, errors.New("no memory")
	}
	err := execute(t)
	if status := program.ExitStatus(err); status != 2 {
		t.Errorf("status %d (%v), want 2", status, err)
	}
	if want := []string{"camera closed"}; !slices.Equal(done.done, want) {
		t.Errorf("got %q, want %q", done.done, want)
	}
}

func TestConfigurationErrorsAreStatus1(t *testing.T) {
	for _, args := range [][]string{
		{"--nodes", "telephone"},
		{"--ros-args", "--params-file", os.DevNull + "/nowhere.yaml"},
		{"--ros-args", "-r", "no rule"},
	} {
		if err := execute(t, args...); program.ExitStatus(err) != 1 {
			t.Errorf("%q: status %d (%v), want 1", args, program.ExitStatus(err), err)
		}
	}
	for _, domain := range []string{"300", "abc"} {
		t.Setenv("ROS_DOMAIN_ID", domain)
		if err := execute(t); program.ExitStatus(err) != 1 {
			t.Errorf("ROS_DOMAIN_ID=%s: status %d (%v), want 1", domain, program.ExitStatus(err), err)
		}
	}
}

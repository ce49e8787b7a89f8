package rclgo_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

func TestSpinEndsWithItsContextWithoutAnythingToDo(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "idle")
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(context.Context) error{"context": c.Spin, "node": n.Spin, "wait set": w.Run} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() { done <- run(ctx) }()
			cancel()
			if err := receive(t, done); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
			// A deadline ends it as well, while it waits for certain.
			ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			if err := run(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
			}
			// Ended before it began.
			if err := run(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
			}
		})
	}
}

func TestSpinDoesNotPoll(t *testing.T) {
	n := newNode(t, newContext(t, domain), "asleep")
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := sleeps(t)
	if err := n.Spin(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	// Polling at 10 Hz would be 10 already.
	if got := sleeps(t) - before; got >= 10 {
		t.Errorf("an idle spin went to sleep %d times, want about once", got)
	}
}

// sleeps returns the number of times that the calling thread has given up its
// processor.
func sleeps(t *testing.T) int64 {
	t.Helper()
	const rusageThread = 1
	var usage syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &usage); err != nil {
		t.Fatal(err)
	}
	return usage.Nvcsw
}

func TestSpinPicksUpWhatIsCreatedMeanwhile(t *testing.T) {
	c := newContext(t, domain)
	spin(t, c.Spin)
	ticked := make(chan struct{}, 1000)
	timer, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) { ticked <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	receive(t, ticked)
	if err := timer.Close(); err != nil {
		t.Fatal(err)
	}

	n := newNode(t, c, "late")
	got := make(chan string, 10)
	s, err := n.NewSubscription("late", testmsg.StringTypeSupport, nil, func(s *rclgo.Subscription) {
		var m testmsg.String
		if _, err := s.TakeMessage(&m); err != nil {
			t.Error(err)
		}
		got <- m.Data
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := n.NewPublisher("late", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	matched(t, p, 1)
	if err := p.Publish(&testmsg.String{Data: "one"}); err != nil {
		t.Fatal(err)
	}
	if data := receive(t, got); data != "one" {
		t.Errorf("got %q, want %q", data, "one")
	}
	// And drops members that are closed meanwhile.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	matched(t, p, 0)
	if err := p.Publish(&testmsg.String{Data: "two"}); err != nil {
		t.Fatal(err)
	}
	if len(got) > 0 {
		t.Errorf("a closed subscription got %q", <-got)
	}
}

func TestNodeSpinLeavesOtherNodesAlone(t *testing.T) {
	c := newContext(t, domain)
	a, b := newNode(t, c, "a"), newNode(t, c, "b")
	got := make(chan string, 10)
	listen := func(n *rclgo.Node) {
		if _, err := n.NewSubscription("/shared", testmsg.StringTypeSupport, nil, func(s *rclgo.Subscription) {
			var m testmsg.String
			if _, err := s.TakeMessage(&m); err != nil {
				t.Error(err)
			}
			got <- n.Name() + " " + m.Data
		}); err != nil {
			t.Fatal(err)
		}
	}
	listen(a)
	listen(b)
	p, err := a.NewPublisher("/shared", testmsg.StringTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	matched(t, p, 2)
	stop := spin(t, a.Spin)
	if err := p.Publish(&testmsg.String{Data: "1"}); err != nil {
		t.Fatal(err)
	}
	if data := receive(t, got); data != "a 1" {
		t.Errorf("got %q, want a's", data)
	}
	stop()
	spin(t, b.Spin)
	if data := receive(t, got); data != "b 1" {
		t.Errorf("got %q, want b's", data)
	}
}

// TestTwoExecutorsRunAtOnce: a callback that blocks holds up its own executor
// only.
func TestTwoExecutorsRunAtOnce(t *testing.T) {
	c := newContext(t, domain)
	blocked, leave := make(chan struct{}), make(chan struct{})
	slow, err := c.NewTimer(time.Millisecond, func(timer *rclgo.Timer) {
		close(blocked)
		<-leave
		if err := timer.Close(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	w.AddTimers(slow)
	spin(t, w.Run)
	<-blocked
	called := make(chan struct{}, 1)
	spin(t, newTick(t, c, called).Run)
	for range 10 {
		receive(t, called)
	}
	close(leave)
}

func TestCallbacksRunOnOneThread(t *testing.T) {
	c := newContext(t, domain)
	tids := make(chan int, 1000)
	for range 3 {
		if _, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) {
			runtime.Gosched()
			tids <- syscall.Gettid()
		}); err != nil {
			t.Fatal(err)
		}
	}
	stop := spin(t, c.Spin)
	first := receive(t, tids)
	for range 50 {
		if tid := receive(t, tids); tid != first {
			t.Fatalf("callbacks ran on threads %d and %d", first, tid)
		}
	}
	stop()
}

func TestWaitSetTakesMembersWhileRunning(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "member")
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	spin(t, w.Run)
	called := make(chan string, 1000)
	timer, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) { called <- "timer" })
	if err != nil {
		t.Fatal(err)
	}
	w.AddTimers(timer)
	if got := receive(t, called); got != "timer" {
		t.Errorf("got %q", got)
	}
	if err := timer.Close(); err != nil {
		t.Fatal(err)
	}
	for len(called) > 0 {
		<-called
	}
	s, err := n.NewService("member", testmsg.SetBoolTypeSupport, nil, func(_ *rclgo.ServiceInfo, _ types.Message, r rclgo.ServiceResponseSender) {
		if err := r.SendResponse(&testmsg.SetBoolResponse{}); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	client, err := n.NewClient("member", testmsg.SetBoolTypeSupport, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.AddServices(s)
	w.AddClients(client)
	eventually(t, "finding the server", func() bool { ok, err := client.ServerIsAvailable(); return ok && err == nil })
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	if _, _, err := client.Send(ctx, &testmsg.SetBoolRequest{}); err != nil {
		t.Error(err)
	}
	if len(w.Timers) != 1 || len(w.Services) != 1 || len(w.Clients) != 1 || w.Context() != c {
		t.Errorf("wait set holds %d timers, %d services, %d clients", len(w.Timers), len(w.Services), len(w.Clients))
	}
}

func TestWaitSetRefusesMembersOfAnotherContext(t *testing.T) {
	c, other := newContext(t, domain), newContext(t, domain)
	timer, err := other.NewTimer(time.Second, nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	w.AddTimers(timer)
	wantError[*rclgo.InvalidArgument](t, "Run", w.Run(t.Context()))
}

func TestWaitSetRunsOnce(t *testing.T) {
	c := newContext(t, domain)
	called := make(chan struct{}, 1)
	w := newTick(t, c, called)
	spin(t, w.Run)
	receive(t, called)
	wantError[*rclgo.WaitSetInvalid](t, "second Run", w.Run(t.Context()))
}

func TestCallbackMustNotSpin(t *testing.T) {
	c := newContext(t, domain)
	result := make(chan error, 1000)
	if _, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) { result <- c.Spin(context.Background()) }); err != nil {
		t.Fatal(err)
	}
	spin(t, c.Spin)
	wantError[*rclgo.InvalidArgument](t, "Spin in a callback", receive(t, result))
}

func TestTwoSpinsDoNotShareAMember(t *testing.T) {
	c := newContext(t, domain)
	var inside atomic.Int32
	called := make(chan struct{}, 10000)
	if _, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) {
		if inside.Add(1) > 1 {
			t.Error("a timer is called by two spins at once")
		}
		time.Sleep(100 * time.Microsecond)
		inside.Add(-1)
		called <- struct{}{}
	}); err != nil {
		t.Fatal(err)
	}
	first := spin(t, c.Spin)
	spin(t, c.Spin)
	for range 50 {
		receive(t, called)
	}
	// The other takes over.
	first()
	for range 50 {
		receive(t, called)
	}
}

func TestPanicOfACallbackReachesTheCallerOfSpin(t *testing.T) {
	c := newContext(t, domain)
	if _, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) { panic("callback") }); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if r := recover(); r != "callback" {
				t.Errorf("recovered %v", r)
			}
		}()
		c.Spin(t.Context())
		t.Error("Spin returned")
	}()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

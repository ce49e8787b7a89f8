package rclgo_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/cmemory"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

// everything is one of each.
type everything map[string]io.Closer

func newEverything(t testing.TB) everything {
	t.Helper()
	must := func(c io.Closer, err error) io.Closer {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := newContext(t, domain)
	n := newNode(t, c, "everything")
	p := newPublisher(t, n, "topic", asDefault)
	s, err := n.NewSubscription("topic", testmsg.StringTypeSupport, nil, func(s *rclgo.Subscription) { s.TakeMessage(&testmsg.String{}) })
	if err != nil {
		t.Fatal(err)
	}
	handles(t, p.OnMatched(func(rclgo.MatchedStatus) {}), s.OnMatched(func(rclgo.MatchedStatus) {}))
	return everything{
		"context":      c,
		"node":         n,
		"publisher":    p,
		"subscription": s,
		"service":      must(n.NewService("service", testmsg.SetBoolTypeSupport, nil, nil)),
		"client":       must(n.NewClient("service", testmsg.SetBoolTypeSupport, nil)),
		"timer":        must(c.NewTimer(time.Millisecond, nil)),
		"clock":        c.Clock(),
		"waitset":      must(c.NewWaitSet()),
	}
}

// closeOrders name the objects to close, in order. The context closes the others
// after them.
var closeOrders = []string{
	"publisher subscription service client timer clock waitset node context",
	"context node waitset clock timer client service subscription publisher",
	"node publisher subscription service client context timer clock waitset",
	"clock timer context",
	"clock context timer",
	"timer clock context",
	"waitset publisher context subscription",
	"client node service context",
	"context context node node",
	"publisher publisher context publisher",
}

func TestCloseInAnyOrder(t *testing.T) {
	for _, order := range closeOrders {
		t.Run(order, func(t *testing.T) {
			all := newEverything(t)
			for name := range strings.FieldsSeq(order) {
				if err := all[name].Close(); err != nil {
					t.Errorf("close %s: %v", name, err)
				}
			}
			if n := rclgo.LiveObjects(); n != 0 {
				t.Errorf("%d objects are left", n)
			}
		})
	}
}

func TestCloseInAnyOrderWhileSpinning(t *testing.T) {
	for _, order := range closeOrders {
		t.Run(order, func(t *testing.T) {
			all := newEverything(t)
			done := make(chan error, 1)
			c := all["context"].(*rclgo.Context)
			called := make(chan struct{}, 1)
			if _, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) {
				select {
				case called <- struct{}{}:
				default:
				}
			}); err != nil {
				t.Fatal(err)
			}
			go func() { done <- c.Spin(context.Background()) }()
			receive(t, called)
			for name := range strings.FieldsSeq(order) {
				if err := all[name].Close(); err != nil {
					t.Errorf("close %s: %v", name, err)
				}
			}
			wantError[*rclgo.AlreadyShutdown](t, "Spin", receive(t, done))
			if n := rclgo.LiveObjects(); n != 0 {
				t.Errorf("%d objects are left", n)
			}
		})
	}
}

func TestConcurrentCloseIsSafe(t *testing.T) {
	for range 20 {
		all := newEverything(t)
		c := all["context"].(*rclgo.Context)
		done := make(chan error, 1)
		go func() { done <- c.Spin(context.Background()) }()
		var wg sync.WaitGroup
		for name, closer := range all {
			for range 2 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					if err := closer.Close(); err != nil {
						t.Errorf("close %s: %v", name, err)
					}
				}()
			}
		}
		wg.Wait()
		wantError[*rclgo.AlreadyShutdown](t, "Spin", receive(t, done))
		if n := rclgo.LiveObjects(); n != 0 {
			t.Fatalf("%d objects are left", n)
		}
	}
}

func TestCloseOfANodeEndsItsSpin(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "spun")
	called := make(chan struct{}, 1)
	w := newTick(t, c, called)
	done := make(chan error, 1)
	go func() { done <- n.Spin(context.Background()) }()
	go func() { done <- w.Run(context.Background()) }()
	receive(t, called)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	wantError[*rclgo.NodeInvalid](t, "Node.Spin", receive(t, done))
	// Another's end does not concern w.
	receive(t, called)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wantError[*rclgo.WaitSetInvalid](t, "Run", receive(t, done))
}

// newTick returns a wait set with a timer that sends to called if there is room.
func newTick(t testing.TB, c *rclgo.Context, called chan<- struct{}) *rclgo.WaitSet {
	t.Helper()
	timer, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) {
		select {
		case called <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	w.AddTimers(timer)
	return w
}

func TestUninitEndsASpin(t *testing.T) {
	if err := rclgo.InitWithOpts(nil, &rclgo.ContextOptions{DomainID: domain}); err != nil {
		t.Fatal(err)
	}
	if err := rclgo.Init(nil); err != nil {
		t.Errorf("second Init: %v", err)
	}
	if _, err := rclgo.NewNode("default", ""); err != nil {
		t.Error(err)
	}
	called := make(chan struct{}, 1)
	if _, err := rclgo.NewTimer(time.Millisecond, func(*rclgo.Timer) {
		select {
		case called <- struct{}{}:
		default:
		}
	}); err != nil {
		t.Error(err)
	}
	done := make(chan error, 1)
	go func() { done <- rclgo.Spin(context.Background()) }()
	receive(t, called)
	if err := rclgo.Uninit(); err != nil {
		t.Error(err)
	}
	wantError[*rclgo.AlreadyShutdown](t, "Spin", receive(t, done))
	if err := rclgo.Uninit(); err != nil {
		t.Errorf("second Uninit: %v", err)
	}
	if rclgo.DefaultContext() != nil {
		t.Error("there is a default context after Uninit")
	}
}

func TestCallbackMayCloseAnything(t *testing.T) {
	for _, name := range []string{"publisher", "subscription", "service", "client", "timer", "clock", "waitset", "node", "context"} {
		t.Run(name, func(t *testing.T) {
			all := newEverything(t)
			c := all["context"].(*rclgo.Context)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var once sync.Once
			closed := make(chan error, 1)
			if _, err := c.NewTimer(time.Millisecond, func(self *rclgo.Timer) {
				once.Do(func() {
					err := all[name].Close()
					if err == nil {
						err = self.Close()
					}
					closed <- err
				})
			}); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- c.Spin(ctx) }()
			if err := receive(t, closed); err != nil {
				t.Errorf("close: %v", err)
			}
			cancel()
			if err := receive(t, done); err == nil {
				t.Error("Spin: no error")
			}
			if err := c.Close(); err != nil {
				t.Errorf("close context: %v", err)
			}
			if n := rclgo.LiveObjects(); n != 0 {
				t.Errorf("%d objects are left", n)
			}
		})
	}
}

// TestCloseWaitsForTheCallback: objects that a callback uses must not go away under
// it.
func TestCloseWaitsForTheCallback(t *testing.T) {
	c := newContext(t, domain)
	entered, leave := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var left bool
	timer, err := c.NewTimer(time.Millisecond, func(timer *rclgo.Timer) {
		once.Do(func() {
			close(entered)
			<-leave
			if _, err := timer.GetTimeUntilNextCall(); err == nil {
				t.Error("the timer is open while it is being closed")
			}
			left = true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	spin(t, c.Spin)
	<-entered
	closed := make(chan error)
	go func() { closed <- timer.Close() }()
	eventually(t, "closing", func() bool { _, err := timer.GetTimeUntilNextCall(); return err != nil })
	select {
	case <-closed:
		t.Fatal("Close returned while the callback was running")
	default:
	}
	close(leave)
	if err := receive(t, closed); err != nil {
		t.Error(err)
	}
	if !left {
		t.Error("Close returned before the callback")
	}
}

func TestNothingLeaks(t *testing.T) {
	cycle := func() {
		parsed, _, err := rclgo.ParseArgs([]string{"--ros-args", "-r", "a:=b", "-p", "x:=[1, 2]"})
		if err != nil {
			t.Fatal(err)
		}
		c, err := rclgo.NewContextWithOpts(parsed, &rclgo.ContextOptions{DomainID: domain})
		if err != nil {
			t.Fatal(err)
		}
		n := newNode(t, c, "leak")
		p, err := n.NewPublisher("leak", testmsg.StringTypeSupport, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan struct{}, 1)
		if _, err := n.NewSubscription("leak", testmsg.StringTypeSupport, nil, func(s *rclgo.Subscription) {
			if _, err := s.TakeMessage(&testmsg.String{}); err != nil {
				t.Error(err)
			}
			got <- struct{}{}
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := n.NewService("leak", testmsg.SetBoolTypeSupport, nil, nil); err != nil {
			t.Fatal(err)
		}
		client, err := n.NewClient("leak", testmsg.SetBoolTypeSupport, nil)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "finding the server", func() bool { ok, err := client.ServerIsAvailable(); return ok && err == nil })
		if _, err := c.NewTimer(time.Millisecond, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := n.NewPublisher("bad name", testmsg.StringTypeSupport, nil); err == nil {
			t.Fatal("no error")
		}
		if _, err := n.GetTopicNamesAndTypes(false); err != nil {
			t.Fatal(err)
		}
		if _, err := n.GetPublishersInfoByTopic("/leak", false); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- c.Spin(context.Background()) }()
		matched(t, p, 1)
		if err := p.Publish(&testmsg.String{Data: strings.Repeat("x", 10_000)}); err != nil {
			t.Fatal(err)
		}
		receive(t, got)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		receive(t, done)
	}
	// One leaked message would be 10 000 bytes, one leaked topic thousands.
	wantNoGrowth(t, 20, 1000, cycle)
}

// wantNoGrowth runs rounds of n cycles until one of them lets C's heap grow by
// at most limit bytes per cycle. The middleware's tables and pools grow in the
// first rounds; a leak grows in all.
func wantNoGrowth(t *testing.T, n int, limit float64, cycle func()) {
	t.Helper()
	var growth float64
	for range 10 {
		before := cmemory.HeapInUse()
		for range n {
			cycle()
		}
		growth = float64(cmemory.HeapInUse()-before) / float64(n)
		if growth <= limit {
			return
		}
	}
	t.Errorf("C's heap grows by %.1f bytes in each cycle", growth)
}

func TestEntitiesDoNotLeak(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "entities")
	m := &testmsg.String{Data: strings.Repeat("x", 1000)}
	cycles := map[string]func() (io.Closer, error){
		"publisher": func() (io.Closer, error) {
			p, err := n.NewPublisher("p", testmsg.StringTypeSupport, nil)
			if err == nil {
				err = errors.Join(p.Publish(m), p.OnMatched(func(rclgo.MatchedStatus) {}))
			}
			return p, err
		},
		"subscription": func() (io.Closer, error) {
			s, err := n.NewSubscription("s", testmsg.StringTypeSupport, nil, nil)
			if err == nil {
				err = s.OnMatched(func(rclgo.MatchedStatus) {})
			}
			return s, err
		},
		"service": func() (io.Closer, error) { return n.NewService("v", testmsg.SetBoolTypeSupport, nil, nil) },
		"client":  func() (io.Closer, error) { return n.NewClient("c", testmsg.SetBoolTypeSupport, nil) },
		"timer":   func() (io.Closer, error) { return c.NewTimer(time.Second, nil) },
		"clock":   func() (io.Closer, error) { return c.NewClock(rclgo.ClockTypeROSTime) },
		"waitset": func() (io.Closer, error) { return c.NewWaitSet() },
		"node":    func() (io.Closer, error) { return c.NewNode("n", "") },
	}
	for name, open := range cycles {
		t.Run(name, func(t *testing.T) {
			wantNoGrowth(t, 200, 16, func() {
				e, err := open()
				if err != nil {
					t.Fatal(err)
				}
				if err := e.Close(); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

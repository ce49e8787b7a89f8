package rclgo_test

import (
	"context"
	"errors"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/testmsg"
)

// into returns a handler that sends each status to a channel with room for those
// of a whole test.
func into[T any]() (chan T, func(T)) {
	statuses := make(chan T, 1000)
	return statuses, func(status T) { statuses <- status }
}

// until receives statuses until one is as wanted.
func until[T any](t *testing.T, statuses <-chan T, wanted func(T) bool) {
	t.Helper()
	for !wanted(receive(t, statuses)) {
	}
}

// handles fails the test if a handler could not be set.
func handles(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func newPublisher(t testing.TB, n *rclgo.Node, topic string, change func(*rclgo.QosProfile)) *rclgo.Publisher {
	t.Helper()
	options := rclgo.NewDefaultPublisherOptions()
	change(&options.Qos)
	p, err := n.NewPublisher(topic, testmsg.StringTypeSupport, options)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// newListener returns a subscription that takes all messages.
func newListener(t testing.TB, n *rclgo.Node, topic string, change func(*rclgo.QosProfile)) *rclgo.Subscription {
	t.Helper()
	options := rclgo.NewDefaultSubscriptionOptions()
	change(&options.Qos)
	s, err := n.NewSubscription(topic, testmsg.StringTypeSupport, options, func(s *rclgo.Subscription) {
		if _, err := s.TakeMessage(&testmsg.String{}); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func asDefault(*rclgo.QosProfile) {}

func TestMatchedIsToldToBothSides(t *testing.T) {
	n := newNode(t, newContext(t, domain), "matched")
	p := newPublisher(t, n, "matched", asDefault)
	published, publisher := into[rclgo.MatchedStatus]()
	handles(t, p.OnMatched(publisher))
	spin(t, n.Spin)
	s := newListener(t, n, "matched", asDefault)
	subscribed, subscriber := into[rclgo.MatchedStatus]()
	handles(t, s.OnMatched(subscriber))
	want := rclgo.MatchedStatus{TotalCount: 1, TotalCountChange: 1, CurrentCount: 1, CurrentCountChange: 1}
	if got := receive(t, published); got != want {
		t.Errorf("publisher was told %+v, want %+v", got, want)
	}
	if got := receive(t, subscribed); got != want {
		t.Errorf("subscription was told %+v, want %+v", got, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want = rclgo.MatchedStatus{TotalCount: 1, CurrentCountChange: -1}
	if got := receive(t, published); got != want {
		t.Errorf("publisher was told %+v of the end, want %+v", got, want)
	}
}

func TestIncompatibleQosIsToldToBothSides(t *testing.T) {
	for policy, change := range map[string]struct{ offer, ask func(*rclgo.QosProfile) }{
		"reliability": {func(q *rclgo.QosProfile) { q.Reliability = rclgo.ReliabilityBestEffort }, asDefault},
		"durability":  {asDefault, func(q *rclgo.QosProfile) { q.Durability = rclgo.DurabilityTransientLocal }},
		"deadline":    {asDefault, func(q *rclgo.QosProfile) { q.Deadline = time.Second }},
		"liveliness":  {asDefault, func(q *rclgo.QosProfile) { q.Liveliness = rclgo.LivelinessManualByTopic }},
	} {
		t.Run(policy, func(t *testing.T) {
			n := newNode(t, newContext(t, domain), "incompatible")
			p := newPublisher(t, n, "incompatible_"+policy, change.offer)
			s := newListener(t, n, "incompatible_"+policy, change.ask)
			offered, publisher := into[rclgo.IncompatibleQosStatus]()
			requested, subscriber := into[rclgo.IncompatibleQosStatus]()
			handles(t, p.OnIncompatibleQos(publisher), s.OnIncompatibleQos(subscriber))
			spin(t, n.Spin)
			want := rclgo.IncompatibleQosStatus{TotalCount: 1, TotalCountChange: 1, LastPolicy: policy}
			if got := receive(t, offered); got != want {
				t.Errorf("publisher was told %+v, want %+v", got, want)
			}
			if got := receive(t, requested); got != want {
				t.Errorf("subscription was told %+v, want %+v", got, want)
			}
		})
	}
}

func TestMissedDeadlineIsToldToBothSides(t *testing.T) {
	n := newNode(t, newContext(t, domain), "deadline")
	often := func(q *rclgo.QosProfile) { q.Deadline = 50 * time.Millisecond }
	p, s := newPublisher(t, n, "deadline", often), newListener(t, n, "deadline", often)
	offered, publisher := into[rclgo.DeadlineMissedStatus]()
	requested, subscriber := into[rclgo.DeadlineMissedStatus]()
	handles(t, p.OnDeadlineMissed(publisher), s.OnDeadlineMissed(subscriber))
	spin(t, n.Spin)
	matched(t, p, 1)
	if err := p.Publish(&testmsg.String{Data: "the only one"}); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, statuses := range []<-chan rclgo.DeadlineMissedStatus{offered, requested} {
		total = 0
		until(t, statuses, func(s rclgo.DeadlineMissedStatus) bool {
			if total += s.TotalCountChange; total != s.TotalCount {
				t.Fatalf("the changes are %d until %+v", total, s)
			}
			return total >= 3
		})
	}
}

func TestLivelinessIsToldToBothSides(t *testing.T) {
	n := newNode(t, newContext(t, domain), "liveliness")
	manual := func(q *rclgo.QosProfile) {
		q.Liveliness, q.LivelinessLeaseDuration = rclgo.LivelinessManualByTopic, 100*time.Millisecond
	}
	p, s := newPublisher(t, n, "liveliness", manual), newListener(t, n, "liveliness", manual)
	lost, publisher := into[rclgo.LivelinessLostStatus]()
	changed, subscriber := into[rclgo.LivelinessChangedStatus]()
	handles(t, p.OnLivelinessLost(publisher), s.OnLivelinessChanged(subscriber))
	spin(t, n.Spin)
	matched(t, p, 1)
	if err := p.Publish(&testmsg.String{Data: "a sign of life"}); err != nil {
		t.Fatal(err)
	}
	until(t, changed, func(s rclgo.LivelinessChangedStatus) bool { return s.AliveCount == 1 && s.NotAliveCount == 0 })
	until(t, changed, func(s rclgo.LivelinessChangedStatus) bool { return s.AliveCount == 0 && s.NotAliveCount == 1 })
	if got := receive(t, lost); got.TotalCount != 1 || got.TotalCountChange != 1 {
		t.Errorf("publisher was told %+v, want one loss", got)
	}
}

// TestWaitSetServesPublishers: a wait set has no other way to events of a publisher.
func TestWaitSetServesPublishers(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "served")
	p := newPublisher(t, n, "served", asDefault)
	w, err := c.NewWaitSet()
	if err != nil {
		t.Fatal(err)
	}
	spin(t, w.Run)
	w.AddPublishers(p)
	threads := make(chan int, 10)
	handles(t, p.OnMatched(func(rclgo.MatchedStatus) { threads <- syscall.Gettid() }))
	newListener(t, n, "served", asDefault)
	thread := receive(t, threads)
	w.RemovePublishers(p)
	ticked := make(chan int, 1000)
	timer, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) { ticked <- syscall.Gettid() })
	if err != nil {
		t.Fatal(err)
	}
	w.AddTimers(timer)
	if got := receive(t, ticked); got != thread {
		t.Errorf("handlers are called on thread %d, callbacks on %d", thread, got)
	}
	// The timer came after the publisher had gone. Its events are told when it is back.
	newListener(t, n, "served", asDefault)
	matched(t, p, 2)
	if len(threads) > 0 {
		t.Error("a handler was called for a publisher that was removed")
	}
	w.AddPublishers(p)
	receive(t, threads)
}

// TestHandlerMayBeReplacedAndEnded also in a call of it, and the middleware's
// statuses, which come on, do not keep the wait awake.
func TestHandlerMayBeReplacedAndEnded(t *testing.T) {
	n := newNode(t, newContext(t, domain), "replaced")
	p := newPublisher(t, n, "replaced", asDefault)
	first, second := make(chan struct{}, 10), make(chan struct{}, 10)
	handles(t, p.OnMatched(func(rclgo.MatchedStatus) {
		first <- struct{}{}
		handles(t, p.OnMatched(func(rclgo.MatchedStatus) {
			second <- struct{}{}
			handles(t, p.OnMatched(nil))
		}))
	}))
	stop := spin(t, n.Spin)
	for _, ch := range []chan struct{}{first, second} {
		newListener(t, n, "replaced", asDefault)
		receive(t, ch)
	}
	stop()
	newListener(t, n, "replaced", asDefault)
	matched(t, p, 3)
	if used := processorTimeOfSpin(t, n); used > time.Second/4 {
		t.Errorf("the spin took %v of the processor in a second", used)
	}
	if len(first)+len(second) > 0 {
		t.Error("a handler was called after its end")
	}
}

// processorTimeOfSpin returns the processor time of a spin of a second: the whole
// second if something that nobody takes ends each wait at once.
func processorTimeOfSpin(t *testing.T, n *rclgo.Node) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := processorTime(t)
	if err := n.Spin(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return processorTime(t) - before
}

// processorTime returns the processor time of the calling thread.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	const rusageThread = 1
	var usage syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestEventsOfAPublisherDoNotWakeForMessages: events are rare, messages are not.
func TestEventsOfAPublisherDoNotWakeForMessages(t *testing.T) {
	c := newContext(t, domain)
	n := newNode(t, c, "quiet")
	p := newPublisher(t, n, "quiet", func(q *rclgo.QosProfile) { q.Deadline = time.Hour })
	got, incompatible := into[rclgo.IncompatibleQosStatus]()
	missed, deadlines := into[rclgo.DeadlineMissedStatus]()
	told, match := into[rclgo.MatchedStatus]()
	handles(t, p.OnIncompatibleQos(incompatible), p.OnDeadlineMissed(deadlines), p.OnMatched(match))
	// Another context takes the messages, so that only events can wake the spin.
	listener := newNode(t, newContext(t, domain), "listener")
	newListener(t, listener, "quiet", asDefault)
	spin(t, listener.Spin)
	matched(t, p, 1)

	const messages = 200
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	published := make(chan error, 1)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := sleeps(t)
	go func() {
		defer cancel()
		var err error
		for range messages {
			err = errors.Join(err, p.Publish(&testmsg.String{Data: "one of many"}))
			time.Sleep(time.Millisecond)
		}
		published <- err
	}()
	if err := n.Spin(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := receive(t, published); err != nil {
		t.Fatal(err)
	}
	if woken := sleeps(t) - before; woken > messages/4 {
		t.Errorf("%d messages woke the spin %d times", messages, woken)
	}
	if len(told) == 0 || len(got)+len(missed) > 0 {
		t.Errorf("told %d matches, %d refusals, %d missed deadlines, want matches alone", len(told), len(got), len(missed))
	}
}

// TestEventsOfASubscriptionThatIsNotTakenDoNotWake: the middleware has one condition
// for messages and events.
func TestEventsOfASubscriptionThatIsNotTakenDoNotWake(t *testing.T) {
	n := newNode(t, newContext(t, domain), "untaken")
	p := newPublisher(t, n, "untaken", asDefault)
	s, err := n.NewSubscription("untaken", testmsg.StringTypeSupport, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	handles(t, s.OnMatched(func(rclgo.MatchedStatus) {}))
	matched(t, p, 1)
	if err := p.Publish(&testmsg.String{Data: "stays"}); err != nil {
		t.Fatal(err)
	}
	if used := processorTimeOfSpin(t, n); used > time.Second/4 {
		t.Errorf("the spin took %v of the processor in a second", used)
	}
	if _, err := s.TakeMessage(&testmsg.String{}); err != nil {
		t.Errorf("the message that should have waited: %v", err)
	}
}

func TestHandlersOfWhatIsClosedAreRefused(t *testing.T) {
	n := newNode(t, newContext(t, domain), "closed")
	p, s := newPublisher(t, n, "closed", asDefault), newListener(t, n, "closed", asDefault)
	handles(t, p.OnMatched(nil), s.OnMatched(nil), p.Close(), s.Close())
	wantError[*rclgo.PublisherInvalid](t, "OnMatched", p.OnMatched(nil))
	wantError[*rclgo.SubscriptionInvalid](t, "OnMatched", s.OnMatched(nil))
}

func TestHandlerMayCloseItsPublisher(t *testing.T) {
	n := newNode(t, newContext(t, domain), "closing")
	p := newPublisher(t, n, "closing", asDefault)
	closed := make(chan error, 1)
	handles(t, p.OnMatched(func(rclgo.MatchedStatus) { closed <- p.Close() }))
	spin(t, n.Spin)
	newListener(t, n, "closing", asDefault)
	if err := receive(t, closed); err != nil {
		t.Error(err)
	}
}

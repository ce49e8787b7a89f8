package microphone

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// batchPollInterval is the time between two looks for subscribers of a batch, and
// before a refused message is offered to the middleware again.
const batchPollInterval = 20 * time.Millisecond

// batch delivers a file as fast as its subscribers take it, without loss. The
// file is held up where a device would not wait: until there is a subscriber,
// while the ring is full of sound that a reader has not taken, and while the
// middleware refuses a message because a subscriber is slow.
//
// Threads have no real-time priority: a batch could take all of a processor.
type batch struct {
	node    *Node
	stream  *stream
	waiting atomic.Bool  // for a subscriber
	stalled atomic.Int32 // topics whose messages have been refused for long
}

// batch reports whether the parameters ask for a batch.
func (c Config) batch() bool { return c.Source == "file" && !c.Realtime }

// begin calls up at once: a batch works while it waits for a subscriber.
func (b *batch) begin(up func()) {
	up()
	b.node.Log.Info("the file is played as fast as its subscribers take it, from when there is one")
}

func (b *batch) runThread(f func()) { f() }

func (b *batch) audioReader() (*buffer.Reader, error) { return b.windowReader(), nil }

// windowReader returns a reader for which the file waits until it is released.
func (b *batch) windowReader() *buffer.Reader {
	reader := b.stream.ring.NewReader()
	reader.Keep(b.stream.before.next)
	return reader
}

// accept returns stream.add, throttled: it blocks until there is a subscriber and
// room in the ring. Arrivals continue those of the stream before, which may be
// ahead of the clock.
func (b *batch) accept(ctx context.Context) func(media.Period) {
	s := b.stream
	var offset time.Duration
	return func(p media.Period) {
		for !b.node.wanted() {
			b.waiting.Store(true)
			if !sleep(ctx, batchPollInterval) {
				return
			}
		}
		b.waiting.Store(false)
		if s.ring.Room(ctx, p.Frames) != nil {
			return
		}
		if !s.ahead {
			s.ahead = true
			start := p.Arrival - node.Seconds(float64(p.Frames)/float64(s.format.SampleRate))
			offset = max(0, s.before.end-start)
		}
		p.Arrival += offset
		s.add(p)
	}
}

// publisher retries a message that the middleware refuses until it is taken, or
// until nobody is subscribed any more.
func (b *batch) publisher(to *node.Publisher) func(context.Context, types.Message) error {
	stalled := b.newStalledPublisher(to)
	return func(ctx context.Context, message types.Message) error {
		for {
			err := to.Publish(message)
			if err == nil || !to.Wanted() {
				stalled.resumed()
				return err
			}
			stalled.refused()
			if !sleep(ctx, batchPollInterval) {
				return err
			}
		}
	}
}

// drain waits without a limit while the session goes on: all of the file is
// delivered.
func (b *batch) drain(ctx context.Context, published <-chan struct{}, cancel func()) {
	select {
	case <-published:
	case <-ctx.Done():
		drainWithin(drainLimit, published, cancel)
	}
}

func (b *batch) realtime() bool { return false }

func (b *batch) priority() string { return "none" }

func (b *batch) health(_ *meter, trouble string) (level byte, message string) {
	switch {
	case b.waiting.Load():
		return diagnostic_msgs_msg.DiagnosticStatus_OK, "waiting for a subscriber, to play the file as fast as it takes it"
	case b.stalled.Load() > 0:
		return diagnostic_msgs_msg.DiagnosticStatus_WARN, "the file stands still: a subscriber does not acknowledge what it was sent"
	case trouble != "":
		return diagnostic_msgs_msg.DiagnosticStatus_WARN, trouble
	}
	return diagnostic_msgs_msg.DiagnosticStatus_OK, fmt.Sprintf("capturing %s", b.stream.format)
}

// sleep waits, and returns false if ctx has ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

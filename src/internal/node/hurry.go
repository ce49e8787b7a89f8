package node

import (
	"context"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// A hurried source waits for nothing: a file that is played as fast as it goes.
// So that none of it is lost, it is held up where a device would not be: until
// somebody is subscribed, and while what was not read yet, or not taken by the
// middleware, fills the ring.

// idle is how often a hurried source looks for subscribers, and how long it waits
// when the middleware has refused a message at once.
const idle = 20 * time.Millisecond

// hurry returns what takes the periods of a hurried source: add, as soon as there
// is a subscriber, and room in the ring for all who publish from it. Arrivals go
// on from those of the opening before, which may be ahead of the clock.
func (m *Microphone) hurry(ctx context.Context, c *capture) func(acquire.Period) {
	var begun bool
	var behind time.Duration
	return func(p acquire.Period) {
		for !m.audio.wanted() && !m.spectrum.wanted() && !m.spectrogram.wanted() {
			c.waits.Store(true)
			if !pause(ctx, idle) {
				return
			}
		}
		c.waits.Store(false)
		if c.ring.Room(ctx, p.Frames) != nil {
			return
		}
		if !begun {
			begun = true
			start := p.Arrival - seconds(float64(p.Frames)/float64(c.format.SampleRate))
			behind = max(0, c.before.end-start)
		}
		p.Arrival += behind
		c.add(p)
	}
}

// reader returns a reader of the ring, for which a hurried source waits until it
// is released.
func (c *capture) reader() *buffer.Reader {
	reader := c.ring.NewReader()
	if c.hurried {
		reader.Keep(c.before.next)
	}
	return reader
}

// publish publishes a message. Of a hurried source it tries again what the
// middleware refuses, as it does when a subscriber has been too slow for a while,
// until nobody is subscribed any more or patience ends, and says so if it takes long.
func (c *capture) publish(patience context.Context, to advertised, message types.Message, still *standstill) error {
	for {
		err := to.Publish(message)
		if err == nil || !c.hurried || !to.wanted() {
			still.over()
			return err
		}
		still.refused()
		if !pause(patience, idle) {
			return err
		}
	}
}

// pause waits, and says whether ctx has not ended before.
func pause(ctx context.Context, lasting time.Duration) bool {
	timer := time.NewTimer(lasting)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// drained waits until everything is published, which takes until done is closed,
// or until others have waited long enough, and calls give then. Of a hurried source
// that has come to its end, ctx's end alone counts.
func (c *capture) drained(ctx context.Context, done <-chan struct{}, give func()) {
	if c.hurried {
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
	}
	late := time.AfterFunc(drainLimit, give)
	defer late.Stop()
	<-done
}

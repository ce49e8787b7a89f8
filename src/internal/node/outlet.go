package node

import (
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/heap"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// imageMessage is a message that can be made to describe an image.
type imageMessage interface {
	types.Message
	types.MessageTypeSupport
	SetFrameID(frameID string) error
	Point(img *acquire.Image, stamp time.Time) error
	Close()
}

// outlet is one topic that a camera's images go out on. Any goroutine may
// publish.
type outlet struct {
	topic   topic
	frameID *frameName
	advertised

	mu       sync.Mutex   // guards what follows
	message  imageMessage // nil before open
	last     time.Time    // the stamp of the last message
	reserved int          // [bytes] of an image that the heap is prepared for
}

// reserveUnit is what sizes are rounded up to for a reserve [bytes]: compressed
// images come in many, of which few should make it larger.
const reserveUnit = 256 << 10

// open makes the publisher. The message is the outlet's from now on.
func (o *outlet) open(b *base, params param.Set, frameID *frameName, message imageMessage) (err error) {
	o.frameID, o.message = frameID, message
	o.advertised, err = b.advertise(&o.topic, params, message)
	return err
}

// publish sends an image and blocks while the middleware copies it. An image
// that is not newer than the last is left out: it was computed for long, by a
// goroutine that a change of parameters has made superfluous.
func (o *outlet) publish(img *acquire.Image, stamp time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !stamp.After(o.last) {
		return nil
	}
	if err := o.message.SetFrameID(o.frameID.now()); err != nil {
		return err
	}
	if err := o.message.Point(img, stamp); err != nil {
		return err
	}
	o.last = stamp
	err := o.Publish(o.message)
	o.reserve(len(img.Data))
	return err
}

// reserve prepares the heap for a history full of images of this size [bytes].
// One of them is published, and so has its memory.
func (o *outlet) reserve(size int) {
	size = (size + reserveUnit - 1) / reserveUnit * reserveUnit
	if size > o.reserved && o.wanted() {
		heap.Reserve(o.kept, size-o.reserved)
		o.reserved = size
	}
}

// close frees the message. The publisher must have been closed, with its node.
func (o *outlet) close() {
	if o.message != nil {
		o.message.Close()
	}
}

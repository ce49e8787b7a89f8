package camera

import (
	"errors"
	"sync"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/process"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// imageMessage is a message that can be made to describe an image.
type imageMessage interface {
	types.Message
	types.MessageTypeSupport
	SetFrameID(frameID string) error
	Point(img *media.Image, stamp time.Time) error
	Close()
}

// imagePublisher publishes images on one topic, the newest ones only. Any goroutine
// may use it.
type imagePublisher struct {
	topic   node.Topic
	frameID *node.FrameID
	ros     *node.Publisher

	mu         sync.Mutex   // guards the following
	message    imageMessage // nil before open
	lastNumber uint64       // of the last message's image
	reserved   int          // [bytes] of an image that the heap is prepared for
}

// reserveUnit is the unit that sizes are rounded up to for a reserve [bytes]:
// compressed images come in many sizes, of which few should make it larger.
const reserveUnit = 256 << 10

// open makes the publisher, which owns the message from now on.
func (p *imagePublisher) open(b *node.Base, params param.Set, frameID *node.FrameID, message imageMessage) (err error) {
	p.frameID, p.message = frameID, message
	p.ros, err = b.Advertise(&p.topic, params, message)
	return err
}

// imageStamp is the stamp of an image, and the number of the image among those that
// the node has captured, from 1 on: stamps go back with the system's clock.
type imageStamp struct {
	time.Time
	number uint64
}

// errOvertaken says that an image was not published since a newer one had been. It
// was computed for long, by a goroutine that a change of parameters has made
// superfluous.
var errOvertaken = errors.New("a newer image has been published")

// publishImage publishes an image and blocks while the middleware copies it. It
// returns errOvertaken for an image that is older than the last one.
func (p *imagePublisher) publishImage(img *media.Image, stamp imageStamp) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if stamp.number <= p.lastNumber {
		return errOvertaken
	}
	if err := p.message.SetFrameID(p.frameID.Get()); err != nil {
		return err
	}
	if err := p.message.Point(img, stamp.Time); err != nil {
		return err
	}
	p.lastNumber = stamp.number
	err := p.ros.Publish(p.message)
	p.reserve(len(img.Data))
	return err
}

// reserve prepares the heap for a history full of images of this size [bytes]. One
// of them is published, and so has its memory.
func (p *imagePublisher) reserve(size int) {
	size = (size + reserveUnit - 1) / reserveUnit * reserveUnit
	if size > p.reserved && p.ros.Wanted() {
		process.ReserveHeap(p.ros.Kept(), size-p.reserved)
		p.reserved = size
	}
}

// close frees the message. The node has closed the publisher.
func (p *imagePublisher) close() {
	if p.message != nil {
		p.message.Close()
	}
}

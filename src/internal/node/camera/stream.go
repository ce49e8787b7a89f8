package camera

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/video"
)

// isStream reports whether images of an encoding are the access units of a video.
func isStream(encoding string) bool {
	return encoding == accessunit.H264 || encoding == accessunit.HEVC
}

// stream is the way of a camera's own video: untouched to the topics of video, and decoded by
// ffmpeg to all others, while somebody is subscribed to one of these.
type stream struct {
	node        *Node
	orientation *atomic.Pointer[media.Orientation]

	// The source's goroutine uses these.
	completer *accessunit.Completer
	unit      media.Image // a unit that is complete
	info      accessunit.Info
	next      uint64 // number of the next buffer if none is lost
	without   uint64 // buffers without an image so far
	begun     bool   // what is decoded is whole so far
	waits     bool   // somebody is subscribed to decoded images, which cannot begin yet

	queue  chan queuedUnit
	failed atomic.Bool // the decoder has to begin anew

	// The decoder's goroutine uses these.
	turner imaging.Turner

	decoding sync.WaitGroup
	cancel   context.CancelFunc
}

// queuedUnit is a copy of an access unit.
type queuedUnit struct {
	image media.Image
	stamp imageStamp
}

// queuedUnits bounds the units that wait for the decoder: two seconds.
const queuedUnits = 60

// openStream begins to take units of a codec, until close.
func (n *Node) openStream(ctx context.Context, codec string, orientation *atomic.Pointer[media.Orientation]) *stream {
	s := &stream{node: n, orientation: orientation, completer: accessunit.NewCompleter(codec), queue: make(chan queuedUnit, queuedUnits)}
	n.video.hold() // what comes needs nothing of a stream before
	ctx, s.cancel = context.WithCancel(ctx)
	s.decoding.Add(1)
	go func() {
		defer s.decoding.Done()
		s.decode(ctx)
	}()
	return s
}

// close ends the decoder.
func (s *stream) close() {
	s.cancel()
	s.decoding.Wait()
	s.turner.Close()
}

// check returns a unit with its parameter sets, or with the damage. It is valid until the next
// call. It is nil for a buffer that has no image, only what belongs to the next one; such
// buffers are not counted in Sequence.
func (s *stream) check(img *media.Image) *media.Image {
	s.unit = *img
	if img.Sequence != s.next || img.Damage != nil {
		s.lost()
	}
	s.next = img.Sequence + 1
	s.unit.Sequence -= s.without
	if img.Damage != nil {
		return &s.unit
	}
	unit, info, err := s.completer.Complete(img.Data)
	switch {
	case err != nil:
		s.lost()
		s.unit.Data, s.unit.Damage = nil, fmt.Errorf("%w: %w", err, media.ErrDamaged)
	case unit == nil:
		s.without++
		return nil
	}
	s.unit.Data, s.info = unit, info
	return &s.unit
}

// lost has all that needs the unit before held back until the next key frame.
func (s *stream) lost() {
	s.begun = false
	s.node.video.hold()
}

// distribute sends a unit to all topics. It runs on the source's goroutine, and blocks while
// the middleware copies.
func (s *stream) distribute(img *media.Image, stamp imageStamp) error {
	key := s.info.Key && s.info.Parameters
	wanted := s.wanted()
	if wanted {
		if s.failed.Swap(false) {
			s.begun = false
		}
		if s.begun = s.begun || key; s.begun {
			unit := queuedUnit{*img, stamp}
			unit.image.Data = bytes.Clone(img.Data)
			select {
			case s.queue <- unit:
			default: // the decoder is too slow
				s.begun = false
				s.node.video.drop(1)
			}
		}
	} else {
		s.begun = false
	}
	s.waits = wanted && !s.begun
	if !s.node.video.wanted() {
		return nil
	}
	p := video.Packet{Data: img.Data, Codec: img.Encoding, Key: key, Width: img.Width, Height: img.Height}
	err := s.node.video.publish(&p, stamp, "bgr8")
	if err == nil {
		s.node.meter.addPublished(clock.Monotonic() - img.Stamp)
	}
	return err
}

// wanted reports whether anybody is subscribed to decoded images.
func (s *stream) wanted() bool {
	for _, output := range s.node.outputs {
		if output != imageOutput(s.node.video) && output.wanted() {
			return true
		}
	}
	return false
}

// decode decodes what is in the queue until ctx ends.
func (s *stream) decode(ctx context.Context) {
	n := s.node
	decoder := video.NewDecoder(s.decoded, n.Warn)
	defer decoder.Close()
	idle := time.NewTimer(video.Idle)
	defer idle.Stop()
	pause := pause{length: &n.video.retry}
	for {
		select {
		case <-ctx.Done():
			return
		case <-idle.C:
			decoder.Close()
			n.video.drop(decoder.TakeLost())
			s.failed.Store(true)
		case unit := <-s.queue:
			if !pause.over() {
				s.failed.Store(true)
				n.video.drop(1)
				continue
			}
			if err := decoder.Put(ctx, &unit.image, unit); err != nil && ctx.Err() == nil {
				s.failed.Store(true)
				n.meter.addRefused(fmt.Errorf("decode the camera's video: %w", err))
				pause.begin()
			}
			n.video.drop(decoder.TakeLost())
			idle.Reset(video.Idle)
		}
	}
}

// decoded sends a decoded image to the topics that somebody is subscribed to.
func (s *stream) decoded(img *media.Image, of queuedUnit) {
	n := s.node
	img.Stamp, img.Stamped, img.Sequence = of.image.Stamp, of.image.Stamped, of.image.Sequence
	n.distributeTo(func(o imageOutput) bool { return o != imageOutput(n.video) }, &s.turner, img, *s.orientation.Load(), of.stamp)
}

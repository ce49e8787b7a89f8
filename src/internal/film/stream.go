package film

import (
	"fmt"
	"time"
)

// Stream is a topic's place in a film. Any goroutine may call its methods.
type Stream struct {
	r     *Recorder
	title string
	sound bool

	// r.mu guards these.
	queue    []item
	expected bool      // the next part waits for its first
	came     time.Time // arrival of the newest
	dropped  int       // images, or blocks of sound, for which there was no room

	// The recorder's goroutine uses the rest.
	track   int           // number in the present part; -1 for none
	format  pictureFormat // of images
	last    time.Duration // stamp of the newest image or block that was taken
	begun   bool          // last is one
	audio   *soundtrack
	carried []carried // sound that belongs to the next part
}

// item is an image or a block on its way to ffmpeg.
type item struct {
	stamp   time.Duration
	picture picture
	block   *Block // nil for an image
}

func (i *item) size() int {
	if i.block != nil {
		return len(i.block.Data)
	}
	return len(i.picture.data)
}

// carried is a packet of a soundtrack.
type carried struct {
	first   int64
	samples []float64
}

// Image takes an image, and never waits. The error is that of an image that cannot be saved.
func (s *Stream) Image(img *Image) error {
	p, err := check(img)
	if err != nil {
		return err
	}
	s.r.put(s, item{stamp: img.Stamp, picture: p})
	return nil
}

// Sound takes a block of sound, and never waits.
func (s *Stream) Sound(b *Block) { s.r.put(s, item{stamp: b.Stamp, block: b}) }

// fits reports whether an item has the format that the stream has in the present part.
func (s *Stream) fits(i *item) bool {
	if s.track < 0 {
		return false
	}
	if i.block != nil {
		return s.audio != nil && i.block.Format == s.audio.format
	}
	return i.picture.format == s.format
}

// steppedBack reports whether the stamp of an item is so much earlier than the newest one that
// the clock was set, or a bag begins anew.
func (s *Stream) steppedBack(i *item) bool { return s.begun && i.stamp < s.last-stepLimit }

// pausesLong reports whether an item comes so long after the newest one that it cannot be in
// the same part.
func (s *Stream) pausesLong(i *item) bool {
	return s.begun && i.stamp > s.last+s.r.config.container.longestPause()
}

// reached reports whether all that belongs before a time has been taken, given the next item.
// Sound is computed some samples later than it comes.
func (s *Stream) reached(boundary time.Duration, next *item) bool {
	if s.audio == nil || s.track < 0 {
		return next.stamp >= boundary
	}
	return s.audio.time() >= boundary || next.stamp >= boundary+pause
}

// describe describes what the stream has in words.
func (s *Stream) describe() string {
	if s.sound {
		return fmt.Sprintf("%s: %s", s.title, s.audio.format)
	}
	return fmt.Sprintf("%s: %s", s.title, s.format)
}

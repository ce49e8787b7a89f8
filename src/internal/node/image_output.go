package node

import (
	"context"
	"time"

	"av_capture/src/internal/acquire"
)

// imageOutput is what a camera makes of its images: one topic each.
//
// The source's goroutine calls send while the output is wanted. What is more
// than handing the image to the middleware is done elsewhere, by run, on a copy
// that send has put aside: however long it takes, the next image is captured,
// and published raw, in time. The copy costs nothing while nobody subscribes,
// and where the work begins with a pass over the image, as with planes, that
// pass is the copy.
type imageOutput interface {
	// wanted says whether anybody could ever see what is sent now.
	wanted() bool

	// send takes an image, turned as the parameters ask. It is valid until send
	// returns. An error says why it was not published.
	send(img *acquire.Image, stamp time.Time) error

	// run works on what send has put aside until ctx ends.
	run(ctx context.Context)

	// missed returns how many images were put aside and replaced by newer ones.
	missed() uint64

	// close frees memory. run has returned, send is not called any more, and
	// the publisher has been closed with its node.
	close()
}

// worker is the part of an imageOutput that works on a goroutine of its own.
type worker struct {
	*newest
	work  func(s *still) error // makes a message of an image and publishes it
	meter *videoMeter
}

func newWorker(meter *videoMeter, work func(s *still) error) worker {
	return worker{newest: newNewest(), work: work, meter: meter}
}

func (w *worker) run(ctx context.Context) {
	for {
		s := w.take(ctx)
		if s == nil {
			return
		}
		if err := w.work(s); err != nil {
			w.meter.refused(err)
		}
		w.putBack(s)
	}
}

// copyOf puts a copy of an image aside.
func (w *worker) copyOf(img *acquire.Image, stamp time.Time) error {
	s := w.blank()
	return w.hand(s, stamp, s.Copy(img))
}

// hand hands over a still that was filled, if no error came of it.
func (w *worker) hand(s *still, stamp time.Time, err error) error {
	if err != nil {
		w.putBack(s)
		return err
	}
	s.stamp = stamp
	w.offer(s)
	return nil
}

package camera

import (
	"context"
	"errors"

	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

// imageOutput is one topic of images.
//
// The source's goroutine calls send while the output is wanted. Work beyond handing
// the image to the middleware is done by run, on another goroutine and on a copy
// that send has put into the mailbox: however long it takes, the next image is
// captured, and published raw, in time. Nothing is copied while nobody subscribes,
// and where the work begins with a pass over the image, as with planes, that pass
// is the copy.
type imageOutput interface {
	// wanted reports whether anybody could ever see an image that is sent now.
	wanted() bool

	// send takes an image, turned as the parameters ask. It is valid until send
	// returns. An error says why it was not published.
	send(img *media.Image, stamp imageStamp) error

	// run works on the frames in the mailbox until ctx ends.
	run(ctx context.Context)

	// skipped returns the number of frames that newer ones replaced in the mailbox.
	skipped() uint64

	// close frees memory. run has returned, send is not called any more, and the
	// node has closed the publisher.
	close()
}

// imageTopic is embedded in every imageOutput, and has all methods but send.
type imageTopic struct {
	publisher imagePublisher
	mailbox   *mailbox
	meter     *meter
	work      func(f *frame) error // makes a message of a frame and publishes it
}

// newImageTopic returns a topic without send and work.
func newImageTopic(topic node.Topic, meter *meter) imageTopic {
	return imageTopic{publisher: imagePublisher{topic: topic}, mailbox: newMailbox(), meter: meter}
}

func (t *imageTopic) wanted() bool { return t.publisher.ros.Wanted() }

func (t *imageTopic) skipped() uint64 { return t.mailbox.skipped() }

func (t *imageTopic) run(ctx context.Context) {
	for {
		f := t.mailbox.take(ctx)
		if f == nil {
			return
		}
		switch err := t.work(f); {
		case errors.Is(err, media.ErrDamaged):
			t.meter.addUndecodable(err, f.stamp.number)
		case err != nil:
			t.meter.addRefused(err)
		}
		t.mailbox.giveBack(f)
	}
}

func (t *imageTopic) close() {
	t.publisher.close()
	t.mailbox.close()
}

// putCopy puts a copy of an image into the mailbox.
func (t *imageTopic) putCopy(img *media.Image, stamp imageStamp) error {
	f := t.mailbox.borrow()
	return t.putFilled(f, stamp, f.Copy(img))
}

// putFilled puts a frame into the mailbox, if filling it has brought no error.
func (t *imageTopic) putFilled(f *frame, stamp imageStamp, err error) error {
	if err != nil {
		t.mailbox.giveBack(f)
		return err
	}
	f.stamp = stamp
	t.mailbox.put(f)
	return nil
}

package microphone

import (
	"context"
	"errors"
	"runtime"
	"time"
	"unsafe"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
)

// spectrogramPublisher is ~/spectrogram: an image of the newest spectra that
// scrolls.
type spectrogramPublisher struct {
	topic     *node.Topic
	publisher *node.Publisher
	message   *message.Image
	stamps    clock.Topic // of the images

	// The image goes on from one stream to the next. Only the goroutine of
	// publishSpectrogram uses it.
	image *spectrogramImage
}

// open makes the publisher.
func (p *spectrogramPublisher) open(b *node.Base, params param.Set) (err error) {
	if p.message, err = message.NewImage(""); err != nil {
		return err
	}
	p.publisher, err = b.Advertise(p.topic, params, p.message)
	return err
}

// publishImage publishes an image as it is now. stamp is the time at which the
// first audio frame of its newest window was acquired. It blocks while the
// middleware copies.
func (p *spectrogramPublisher) publishImage(image *spectrogramImage, frameID string, stamp time.Time) error {
	if err := p.message.SetFrameID(frameID); err != nil {
		return err
	}
	rendered := image.render()
	var pinner runtime.Pinner
	pinner.Pin(unsafe.SliceData(rendered.Data))
	defer pinner.Unpin()
	if err := p.message.Point(rendered, stamp); err != nil {
		return err
	}
	return p.publisher.Publish(p.message)
}

// close frees the message. The publisher must be closed.
func (p *spectrogramPublisher) close() {
	if p.message != nil {
		p.message.Close()
	}
}

// publishSpectrogram draws a column each hop, and publishes images at their rate,
// until the ring is closed and empty or ctx ends. Windows that nobody wanted are
// missing in the image later on, as lost sound is.
func (n *Node) publishSpectrogram(ctx context.Context, s *stream, windows *windowReader, from *reconfigurable[spectrogramImageConfig, *spectrogramImage]) {
	defer windows.release()
	for ctx.Err() == nil {
		replaced, image := from.get()
		if image != n.spectrogram.image {
			image.continueFrom(n.spectrogram.image)
			n.spectrogram.image = image
		}
		first, _, err := windows.next(replaced, image.data, image.config.windowSize, image.config.hopSize)
		if errors.Is(err, context.Canceled) {
			continue
		}
		if err != nil {
			return // io.EOF: nothing is left
		}
		if !image.shows() || !image.draw(first) {
			continue
		}
		if err := n.spectrogram.publishImage(image, n.frameID.Get(), n.Clock.Of(&n.spectrogram.stamps, s.clock.TimeOf(first))); err != nil {
			n.meter.addRefused(err)
		}
	}
}

// newSpectrogramImage returns an image for what the source gives.
func (n *Node) newSpectrogramImage(format media.AudioFormat, config spectrogramImageConfig) (*spectrogramImage, error) {
	return newSpectrogramImage(format, config, n.Warn)
}

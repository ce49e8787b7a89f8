package node

import (
	"context"
	"errors"
	"runtime"
	"time"
	"unsafe"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/message"
	"av_capture/src/internal/param"
)

// spectrogram is ~/spectrogram: a picture of the newest spectra that scrolls.
type spectrogram struct {
	topic *topic
	advertised
	message *message.Image
	stamps  clock.Guard // of the images

	// The picture goes on from one opening of the source to the next. Only
	// the goroutine of publishSpectrogram uses it.
	picture *picture
}

// init makes the publisher.
func (s *spectrogram) init(b *base, params param.Set) (err error) {
	if s.message, err = message.NewImage(""); err != nil {
		return err
	}
	s.advertised, err = b.advertise(s.topic, params, s.message)
	return err
}

// publish sends a picture as it is now, with the time at which the first audio
// frame of its newest window was acquired. It blocks while the middleware copies.
func (s *spectrogram) publish(p *picture, frameID string, acquired time.Duration) error {
	if err := s.message.SetFrameID(frameID); err != nil {
		return err
	}
	image := p.render()
	var pinner runtime.Pinner
	pinner.Pin(unsafe.SliceData(image.Data))
	defer pinner.Unpin()
	if err := s.message.Point(image, s.stamps.Stamp(clock.System(acquired))); err != nil {
		return err
	}
	return s.Publish(s.message)
}

// close frees the message. The publisher must be closed.
func (s *spectrogram) close() {
	if s.message != nil {
		s.message.Close()
	}
}

// publishSpectrogram draws a column each hop, and publishes images at their
// rate, until the ring is closed and empty, or until patience ends. It reads the
// windows that publishSpectra reads. Those that nobody wanted are missing in the
// picture later on, as lost sound is.
func (m *Microphone) publishSpectrogram(patience context.Context, c *capture, windows *windows, from *handover[pictureConfig, *picture]) {
	defer windows.reader.Release()
	for patience.Err() == nil {
		replaced, p := from.take()
		if p != m.spectrogram.picture {
			p.follow(m.spectrogram.picture)
			m.spectrogram.picture = p
		}
		first, _, err := windows.next(replaced, p.data, p.config.windowSize, p.config.hopSize)
		if errors.Is(err, context.Canceled) {
			continue
		}
		if err != nil {
			return // io.EOF: nothing is left
		}
		if !p.shows() || !p.draw(first) {
			continue
		}
		if err := m.spectrogram.publish(p, m.frameID.now(), c.clock.TimeOf(first)); err != nil {
			m.meter.refused(err)
		}
	}
}

// newPicture returns what turns the source's windows into images.
func (m *Microphone) newPicture(format acquire.AudioFormat, config pictureConfig) (*picture, error) {
	return newPicture(format, config, m.Warn)
}

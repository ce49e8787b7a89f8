package camera

import (
	"math"
	"sync/atomic"
	"time"

	"av_capture/src/internal/imaging"
	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

// imageSpectrum is ~/spectrum: the two-dimensional spectrum of the luma, at a rate
// of its own.
type imageSpectrum struct {
	imageTopic
	period atomic.Int64 // [ns] at the least from one to the next

	// The source's goroutine uses these.
	luma imaging.Luma
	due  time.Duration // time at which the next is due, on CLOCK_MONOTONIC
	last time.Duration // stamp of the image before

	// The goroutine of run uses these.
	decoder  jpeg.Decoder
	spectrum imaging.Spectrum
}

func newImageSpectrum(meter *meter) *imageSpectrum {
	s := &imageSpectrum{imageTopic: newImageTopic(node.Topic{Name: "~/spectrum", Depth: node.ImageDepth}, meter)}
	s.work = s.compute
	return s
}

// setRate sets how many spectra a second there are at most [Hz]. Any goroutine
// may call it.
func (s *imageSpectrum) setRate(hertz float64) {
	s.period.Store(int64(math.Round(float64(time.Second) / hertz)))
}

func (s *imageSpectrum) send(img *media.Image, stamp imageStamp) error {
	if !s.isDue(img.Stamp) {
		return nil
	}
	if img.Encoding == media.JPEG {
		return s.putCopy(img, stamp)
	}
	f := s.mailbox.borrow()
	return s.putFilled(f, stamp, s.luma.Convert(&f.OwnedImage, img))
}

// isDue reports whether to transform an image: the one nearest to the end of each
// period. Periods follow each other, so that the rate is kept, and start anew
// after a pause or a change of the rate.
func (s *imageSpectrum) isDue(stamp time.Duration) bool {
	period := time.Duration(s.period.Load())
	interval := min(stamp-s.last, period) // from image to image
	s.last = stamp
	if left := s.due - stamp; left > interval/2 && left <= period {
		return false
	}
	if s.due += period; s.due <= stamp || s.due > stamp+period+interval {
		s.due = stamp + period
	}
	return true
}

// compute publishes the spectrum of an image.
func (s *imageSpectrum) compute(f *frame) (err error) {
	luma := &f.Image
	if luma.Encoding == media.JPEG {
		if luma, err = s.decoder.Decode(luma, "mono8"); err != nil {
			return err
		}
	}
	picture, err := s.spectrum.Compute(luma)
	if err != nil {
		return err
	}
	return s.publisher.publishImage(picture, f.stamp)
}

func (s *imageSpectrum) close() {
	s.imageTopic.close()
	s.luma.Close()
	s.decoder.Close()
	s.spectrum.Close()
}

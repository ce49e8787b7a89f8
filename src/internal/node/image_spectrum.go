package node

import (
	"math"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/imaging"
)

// imageSpectrum is ~/spectrum: the two-dimensional spectrum of the luma, at a
// rate of its own.
type imageSpectrum struct {
	outlet
	worker
	period atomic.Int64 // [ns] at the least from one to the next

	luma imaging.Luma  // of the source's goroutine
	due  time.Duration // when the next is due, on CLOCK_MONOTONIC; likewise
	last time.Duration // stamp of the image before; likewise

	decoder  imaging.Decoder // of the worker's goroutine
	spectrum imaging.Spectrum
}

func newImageSpectrum(meter *videoMeter) *imageSpectrum {
	s := &imageSpectrum{outlet: outlet{topic: topic{name: "~/spectrum", depth: imageDepth}}}
	s.worker = newWorker(meter, s.compute)
	return s
}

// setRate sets how many spectra a second there are at most [Hz]. Any goroutine
// may call it.
func (s *imageSpectrum) setRate(hertz float64) {
	s.period.Store(int64(math.Round(float64(time.Second) / hertz)))
}

func (s *imageSpectrum) send(img *acquire.Image, stamp time.Time) error {
	if !s.isDue(img.Stamp) {
		return nil
	}
	if img.Encoding == acquire.JPEG {
		return s.copyOf(img, stamp)
	}
	aside := s.blank()
	return s.hand(aside, stamp, s.luma.Convert(&aside.Picture, img))
}

// isDue says whether an image is the one to be transformed: the nearest to the
// end of each period. The periods are counted from each other, so that the rate
// is kept, and anew after a pause or another choice of the rate.
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
func (s *imageSpectrum) compute(aside *still) (err error) {
	luma := &aside.Image
	if luma.Encoding == acquire.JPEG {
		if luma, err = s.decoder.Decode(luma, "mono8"); err != nil {
			return err
		}
	}
	picture, err := s.spectrum.Compute(luma)
	if err != nil {
		return err
	}
	return s.publish(picture, aside.stamp)
}

func (s *imageSpectrum) close() {
	s.outlet.close()
	s.worker.close()
	s.luma.Close()
	s.decoder.Close()
	s.spectrum.Close()
}

package skew

import (
	"math"
	"time"
)

const (
	// clickContrast is the least level of a click, in multiples of the noise's usual peak
	// (12 dB), and clickLevel the least at all (−50 dBFS).
	clickContrast = 4
	clickLevel    = 0.003

	// clickPause is the silence before a click, so that reverberation is not one. It is
	// also awaited after sound that is missing, since a click may have begun in that.
	clickPause = 100 * time.Millisecond

	// Noise is judged by the median of the peaks of noisePeaks pieces of noisePiece each,
	// the newest second; the first click is found after fewestPeaks.
	noisePiece  = 5 * time.Millisecond
	noisePeaks  = 200
	fewestPeaks = 40
)

// ClickDetector finds the first samples of clicks, and of any sound that begins at once. The
// zero ClickDetector is ready; one goroutine uses it.
type ClickDetector struct {
	rate      int
	peaks     []float64 // of the newest pieces, in no order
	oldest    int       // of peaks
	peak      float64   // of the piece that has begun
	piece     int       // [audio frames] of it
	threshold float64
	silent    int // [audio frames] since the last one above the threshold
}

// Add takes the next block of sound: the stamp of its first audio frame, audio frames per
// second, and the level of each audio frame, 0 to 1: the largest magnitude of its samples.
// follows is false where sound is missing before the block. found is called with the time of
// each click.
func (d *ClickDetector) Add(stamp time.Duration, rate int, levels []float64, follows bool, found func(event time.Duration)) {
	if rate != d.rate {
		*d = ClickDetector{rate: rate, threshold: math.Inf(1)}
	}
	if !follows {
		d.silent = 0
	}
	pause := d.frames(clickPause)
	for i, level := range levels {
		if level > d.threshold {
			if d.silent >= pause {
				found(stamp + time.Duration(math.Round(float64(i)/float64(rate)*float64(time.Second))))
			}
			d.silent = 0
		} else if !math.IsInf(d.threshold, 1) { // before, nobody knows what is silent
			d.silent++
		}
		d.estimate(level)
	}
}

// estimate takes an audio frame into account for the threshold.
func (d *ClickDetector) estimate(level float64) {
	if level > d.peak { // NaN is not
		d.peak = level
	}
	if d.piece++; d.piece < d.frames(noisePiece) {
		return
	}
	if len(d.peaks) < noisePeaks {
		d.peaks = append(d.peaks, d.peak)
	} else {
		d.peaks[d.oldest] = d.peak
		d.oldest = (d.oldest + 1) % noisePeaks
	}
	d.peak, d.piece = 0, 0
	if len(d.peaks) >= fewestPeaks {
		d.threshold = max(clickLevel, clickContrast*median(append([]float64(nil), d.peaks...)))
	}
}

// frames returns the number of audio frames in a time.
func (d *ClickDetector) frames(time time.Duration) int {
	return max(1, int(time.Seconds()*float64(d.rate)))
}

package synthetic

import (
	"math"
	"time"
)

// Signal is a kind of sound.
type Signal string

// The signals. In channel c (from 0) each but Noise is divided by c+1. n is the
// number of an audio frame since Open, lost ones counted, rate the sample rate.
const (
	// Tones is x = Σ a·sin(2π·fmod(f·n, rate)/rate) over the tones of frequency
	// f and amplitude a, in their order.
	Tones Signal = "tones"

	// Sweep is an exponential sine sweep of 10 s, again and again (A. Farina,
	// "Simultaneous measurement of impulse response and distortion with a
	// swept-sine technique", 2000):
	//
	//	x = 0.5·sin(2π·frac(20·10/ln k·(exp(t/10·ln k) − 1)))
	//	k = 0.4·rate/20, t = (n mod 10·rate)/rate
	//
	// so that its frequency rises from 20 Hz to 0.4·rate, the same number of
	// octaves each second.
	Sweep Signal = "sweep"

	// Noise is white, uniform in −0.5 … 0.5 and independent between channels:
	// output i = n·channels + c of SplitMix64 (G. Steele, D. Lea, C. Flood,
	// "Fast splittable pseudorandom number generators", 2014), from which
	// x = (z >> 11)/2⁵³ − 0.5:
	//
	//	z = seed + (i+1)·0x9e3779b97f4a7c15
	//	z = (z ^ z>>30)·0xbf58476d1ce4e5b9
	//	z = (z ^ z>>27)·0x94d049bb133111eb
	//	z = z ^ z>>31
	Noise Signal = "noise"

	// Impulses is 0.5 in the audio frame that begins closest to each whole second of the
	// system's time, which is ROS time, and 0 in all others.
	Impulses Signal = "impulses"
)

// Signals lists all of them.
var Signals = []Signal{Tones, Sweep, Noise, Impulses}

const (
	sweepFrom   = 20.0 // [Hz]
	sweepTo     = 0.4  // of the sample rate
	sweepLength = 10   // [s]
	signalLevel = 0.5  // [FS] of all but tones
)

// sweepSample returns the sweep's value at an audio frame.
func sweepSample(sampleRate int, frame uint64) float64 {
	rate := float64(sampleRate)
	t := float64(frame%(sweepLength*uint64(sampleRate))) / rate
	octaves := math.Log(sweepTo * rate / sweepFrom)
	_, turns := math.Modf(sweepFrom * sweepLength / octaves * (math.Exp(t/sweepLength*octaves) - 1))
	return signalLevel * math.Sin(2*math.Pi*turns)
}

// noiseSample returns output i of the noise.
func noiseSample(seed, i uint64) float64 {
	z := seed + (i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	z ^= z >> 31
	return float64(z>>11)/(1<<53) - signalLevel
}

// impulses finds the audio frames at which whole seconds begin.
type impulses struct {
	rate float64
	done int64 // the newest whole second that had its impulse or was skipped
}

// within returns the one of n audio frames, the first of which begins at begin, at which a
// whole second begins, or -1.
func (p *impulses) within(n int, begin time.Time) int {
	if p.done == 0 {
		p.done = begin.Unix() // the first whole second comes later
	}
	second := p.done + 1
	at := int(math.Round(time.Unix(second, 0).Sub(begin).Seconds() * p.rate))
	switch {
	case at >= n:
		return -1
	case at < -n:
		// The frames were lost, or the system's time was set.
		p.done = begin.Unix()
		return -1
	}
	p.done = second
	return max(at, 0) // negative if the last period just missed it
}

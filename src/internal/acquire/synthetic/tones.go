package synthetic

import "math"

// Tone is one sine.
type Tone struct {
	Frequency float64 // [Hz] above 0 and below half the sample rate
	Amplitude float64 // [FS] above 0; all tones together at most 1
}

// DefaultTones are concert pitch and 1 kHz, each at −12 dBFS.
var DefaultTones = []Tone{{440, 0.25}, {1000, 0.25}}

// sample returns the sum of the tones at an audio frame. The phase is reduced before it is
// multiplied by 2π: the sine is as exact after a year as at the start, and for a whole
// number of Hz the phase is exact.
func sample(tones []Tone, sampleRate int, frame uint64) float64 {
	sum := 0.0
	for _, tone := range tones {
		turns := phase(tone.Frequency, sampleRate, frame) / float64(sampleRate)
		// The conversion keeps the compiler from fusing the product with the sum, which
		// rounds differently on some processors.
		sum += float64(tone.Amplitude * math.Sin(2*math.Pi*turns))
	}
	return sum
}

// phase returns fmod(f·n, rate), in whole numbers where they say the same: fmod takes thirty times
// as long as a sine.
func phase(frequency float64, sampleRate int, frame uint64) float64 {
	if whole := uint64(frequency); float64(whole) == frequency && whole*frame < 1<<53 {
		return float64(whole * frame % uint64(sampleRate))
	}
	return math.Mod(frequency*float64(frame), float64(sampleRate))
}

package media

import "fmt"

// Limits of sources, whatever a file, a stream or a driver declares. They are those of the
// parameters, and are checked before memory is taken.
const (
	MaxSide      = 16384   // [pixels] of an image's width and height
	MaxImageSize = 1 << 28 // [bytes] of an image: more than any camera's, and little enough for every machine
	MaxPixels    = MaxImageSize / 3

	MinFrameRate = 0.1  // [images/s]
	MaxFrameRate = 1000 // [images/s]

	MaxSampleRate = 384000 // [Hz] miniaudio's
	MaxChannels   = 32     // PulseAudio's
)

// CheckSize refuses a size of images [pixels] outside the limits.
func CheckSize(width, height int) error {
	switch {
	case width < 1 || height < 1 || width > MaxSide || height > MaxSide:
		return fmt.Errorf("images of %dx%d, where 1x1 to %dx%d are possible: make them smaller, or take another input: %w", width, height, MaxSide, MaxSide, ErrUnsupported)
	case width*height > MaxPixels:
		return fmt.Errorf("images of %dx%d, where at most %d pixels are possible: make them smaller, or take another input: %w", width, height, MaxPixels, ErrUnsupported)
	}
	return nil
}

// CheckSound refuses a format of sound outside the limits. The rate may be as low as 1 Hz,
// below the parameters' range: slow sound takes no more memory than other sound.
func CheckSound(format AudioFormat) error {
	switch {
	case format.Encoding.Size() == 0:
		return fmt.Errorf("encoding is %.40q, must be one of %v", format.Encoding, SampleFormats)
	case format.SampleRate < 1 || format.SampleRate > MaxSampleRate:
		return fmt.Errorf("sample_rate is %d, must be 1 to %d", format.SampleRate, MaxSampleRate)
	case format.Channels < 1 || format.Channels > MaxChannels:
		return fmt.Errorf("channels is %d, must be 1 to %d", format.Channels, MaxChannels)
	}
	return nil
}

// FrameRate returns the rate that an input declares [images/s], or 0 if that is absurd:
// videos without a rate have a clock's rate there, or anything.
func FrameRate(declared float64) float64 {
	if declared >= MinFrameRate && declared <= MaxFrameRate {
		return declared
	}
	return 0
}

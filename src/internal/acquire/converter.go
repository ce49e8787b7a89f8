package acquire

import "av_capture/src/internal/media"

// Converter converts a device's images, of any encoding, to one of the encodings
// media.Converted. One goroutine at a time may use it.
type Converter interface {
	// Convert returns img in the converter's encoding, in memory as [media.Image] wants it,
	// valid until the next call. An error that wraps media.ErrDamaged concerns img alone;
	// every other one all images of its kind.
	Convert(img *media.Image) (*media.Image, error)

	// Describe returns img as Convert does, but with nil as Data, at next to no cost. Its errors
	// are those of Convert that can be found so.
	Describe(img *media.Image) (*media.Image, error)

	// Close frees the memory. The Converter can be used again.
	Close()
}

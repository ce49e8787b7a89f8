package jpeg

import (
	"errors"
	"fmt"

	"av_capture/src/internal/media"
)

// Errors of this package, for [errors.Is].
var (
	// ErrDamaged means that the data is incomplete, corrupt, or no JPEG: a part was lost
	// on the way from the camera's encoder.
	ErrDamaged = media.ErrDamaged

	// ErrTooLarge means that the image has more pixels than allowed.
	ErrTooLarge = errors.New("image too large")

	// ErrUnsupported means that this kind of JPEG is not decoded.
	ErrUnsupported = errors.New("unsupported kind of JPEG")
)

// Errors without parameters.
var (
	errEmpty     = damaged("empty: the device sent no data")
	errNoJPEG    = damaged("no JPEG: there is no start marker")
	errCutOff    = damaged("cut off: no end marker")
	errNested    = damaged("cut off: the next image begins before the end marker")
	errSegment   = damaged("corrupt header: a marker segment has an impossible length or content")
	errStray     = damaged("corrupt header: stray bytes between the marker segments")
	errQuantizer = damaged("corrupt header: a quantization table is missing")
	errHuffman   = damaged("corrupt header: a Huffman table is missing")
	errComponent = damaged("corrupt header: a colour component has no data")
	errScan      = damaged("corrupt header: a scan does not fit the frame")
	errShort     = damaged("a hole: less data than the image has blocks")
	errRestart   = damaged("a hole: restart markers are missing or out of order")
	errHeight    = fmt.Errorf("jpeg: %w: the height follows the image (DNL)", ErrUnsupported)
	errScans     = fmt.Errorf("jpeg: %w: more than %d scans", ErrUnsupported, maxScans)
)

// damaged makes an error that wraps ErrDamaged.
func damaged(format string, values ...any) error {
	return fmt.Errorf("jpeg: %w: "+format, append([]any{ErrDamaged}, values...)...)
}

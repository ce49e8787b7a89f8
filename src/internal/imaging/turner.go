package imaging

import (
	"fmt"
	"strings"

	"gocv.io/x/gocv"

	"av_capture/src/internal/media"
)

// Turner flips and rotates images. The zero Turner is ready; Close frees its memory.
type Turner struct {
	from   matView
	to     gocv.Mat
	made   bool       // to is a matrix
	packed OwnedImage // the result for packed 4:2:2
	image  media.Image
}

// CheckTurn returns an error if images of an encoding cannot be turned by o. Packed 4:2:2
// cannot be turned by a quarter: two pixels of a row share their chroma, which would have
// to be resampled from two rows. The camera's own JPEG would have to be compressed again.
func CheckTurn(encoding string, o media.Orientation) error {
	switch {
	case o == media.Orientation{}:
		return nil
	case encoding == media.JPEG:
		return fmt.Errorf("the camera's own JPEG is passed on untouched and cannot be flipped or rotated")
	case subsampled(encoding) || strings.HasPrefix(encoding, "bayer_"):
		return fmt.Errorf("raw images of encoding %s cannot be flipped or rotated, since neighbouring pixels share their colours", encoding)
	case o.Quarter() && Packed(encoding):
		return fmt.Errorf("raw 4:2:2 images cannot be rotated by %d degrees, since the pixels of a row share their chroma in pairs", o.Rotate)
	}
	return nil
}

// Turn returns img turned by o: img itself if o is the zero Orientation, else an image
// that is valid until the next call. A quarter turn exchanges width and height. It fails
// where CheckTurn does.
func (t *Turner) Turn(img *media.Image, o media.Orientation) (*media.Image, error) {
	mirrored, turns := reduce(o)
	if !mirrored && turns == 0 {
		return img, nil
	}
	if err := CheckTurn(img.Encoding, o); err != nil {
		return nil, fmt.Errorf("imaging: %w", err)
	}
	if Packed(img.Encoding) {
		// Half a turn is both flips; with a flip before, one of them is left.
		err := t.packed.packedFlip(img, mirrored != (turns == 2), turns == 2)
		return &t.packed.Image, err
	}
	from, err := t.from.of(img)
	if err != nil {
		return nil, err
	}
	if !t.made {
		t.to, t.made = gocv.NewMat(), true
	}
	if err := turn(from, &t.to, mirrored, turns); err != nil {
		return nil, fmt.Errorf("imaging: turn an image: %w", err)
	}
	data, err := t.to.DataPtrUint8()
	width, height := o.Size(img.Width, img.Height)
	if err == nil && (t.to.Cols() != width || t.to.Rows() != height) {
		err = fmt.Errorf("imaging: OpenCV has turned %dx%d into %dx%d", img.Width, img.Height, t.to.Cols(), t.to.Rows())
	}
	t.image = described(img, data, width, height, pixelSize(matrixTypes[img.Encoding])*width, img.Encoding)
	return &t.image, err
}

// reduce expresses an orientation by at most one horizontal flip, followed by quarter
// turns clockwise: both flips are half a turn, and a vertical flip is a horizontal one and
// half a turn.
func reduce(o media.Orientation) (mirrored bool, turns int) {
	turns = o.Rotate / 90
	if o.FlipVertical {
		turns += 2
	}
	return o.FlipHorizontal != o.FlipVertical, turns % 4
}

// The directions of gocv.Flip.
const (
	flipVertical   = 0
	flipHorizontal = 1
	flipBoth       = -1
)

// turn flips and rotates a matrix of pixels. OpenCV takes two passes for a quarter turn,
// one for all else.
func turn(from gocv.Mat, to *gocv.Mat, mirrored bool, turns int) error {
	switch {
	case mirrored && turns == 0:
		return gocv.Flip(from, to, flipHorizontal)
	case mirrored && turns == 1:
		if err := gocv.Transpose(from, to); err != nil {
			return err
		}
		return gocv.Flip(*to, to, flipBoth)
	case mirrored && turns == 2:
		return gocv.Flip(from, to, flipVertical)
	case mirrored:
		return gocv.Transpose(from, to)
	case turns == 1:
		return gocv.Rotate(from, to, gocv.Rotate90Clockwise)
	case turns == 2:
		return gocv.Flip(from, to, flipBoth)
	default:
		return gocv.Rotate(from, to, gocv.Rotate90CounterClockwise)
	}
}

// Close frees the memory. The Turner can be used again.
func (t *Turner) Close() {
	t.from.close()
	t.packed.Close()
	if t.made {
		t.to.Close() // always nil
	}
	*t = Turner{}
}

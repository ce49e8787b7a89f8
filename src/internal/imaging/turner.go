package imaging

import (
	"fmt"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
)

// Turner flips and rotates images. The zero Turner is ready; Close gives its
// memory back.
type Turner struct {
	from   view
	to     gocv.Mat
	made   bool    // to is a matrix
	packed Picture // the result of raw 4:2:2
	image  acquire.Image
}

// CheckTurn returns an error where images of an encoding cannot be turned so. Raw 4:2:2
// cannot be turned by a quarter: two pixels of a row share their chroma, which
// would have to be mixed anew from two rows. The camera's own JPEG cannot be
// turned at all without being compressed again.
func CheckTurn(encoding string, o acquire.Orientation) error {
	switch {
	case o == acquire.Orientation{}:
		return nil
	case encoding == acquire.JPEG:
		return fmt.Errorf("the camera's own JPEG is passed on untouched and cannot be flipped or rotated")
	case o.Quarter() && Packed(encoding):
		return fmt.Errorf("raw 4:2:2 images cannot be rotated by %d degrees, since the pixels of a row share their chroma in pairs", o.Rotate)
	}
	return nil
}

// Turn returns img turned as o says: img itself where there is nothing to do,
// else an image that is valid until the next call. It fails for what CheckTurn
// refuses.
func (t *Turner) Turn(img *acquire.Image, o acquire.Orientation) (*acquire.Image, error) {
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
	from, err := t.from.look(img)
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
	t.image = described(img, data, width, height, img.Step/img.Width*width, img.Encoding)
	return &t.image, err
}

// reduce expresses an orientation by at most one exchange of left and right,
// followed by quarter turns clockwise: both flips are half a turn, and top and
// bottom exchanged is left and right exchanged and half a turn.
func reduce(o acquire.Orientation) (mirrored bool, turns int) {
	turns = o.Rotate / 90
	if o.FlipVertical {
		turns += 2
	}
	return o.FlipHorizontal != o.FlipVertical, turns % 4
}

// What gocv.Flip calls its directions.
const (
	flipVertical   = 0
	flipHorizontal = 1
	flipBoth       = -1
)

// turn mirrors and rotates a matrix of pixels, in one pass but for quarters
// other than the transposition, which OpenCV makes of two.
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

// Close gives the memory back. The Turner can be used again.
func (t *Turner) Close() {
	t.from.close()
	t.packed.Close()
	if t.made {
		t.to.Close() // always nil
	}
	*t = Turner{}
}

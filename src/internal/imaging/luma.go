package imaging

import (
	"fmt"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
)

// Luma makes images of any encoding that has pixels mono8. The zero Luma is
// ready; Close gives its memory back.
type Luma struct{ from, to view }

// Convert makes p the luma of img: the Y of raw 4:2:2 as captured, ITU-R
// BT.601 full range of BGR and RGB, and mono8 as it is. It is one pass.
func (l *Luma) Convert(p *Picture, img *acquire.Image) error {
	var code gocv.ColorConversionCode
	switch {
	case Packed(img.Encoding):
		return p.packedLuma(img)
	case img.Encoding == "mono8":
		return p.Copy(img)
	case img.Encoding == "rgb8":
		code = gocv.ColorRGBToGray
	default:
		code = gocv.ColorBGRToGray
	}
	from, err := l.from.look(img)
	if err != nil {
		return err
	}
	if err := p.reserve(img.Width * img.Height); err != nil {
		return err
	}
	p.describe(img, img.Width, img.Height, img.Width, "mono8")
	to, err := l.to.look(&p.Image)
	if err != nil {
		return err
	}
	// The matrix has the size and type of the result, so that OpenCV writes
	// into its memory, which is the picture's.
	if err := gocv.CvtColor(from, &to, code); err != nil {
		return fmt.Errorf("imaging: luma: %w", err)
	}
	return nil
}

// Close lets go of the images. The Luma can be used again.
func (l *Luma) Close() {
	l.from.close()
	l.to.close()
}

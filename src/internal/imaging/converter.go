package imaging

import (
	"errors"
	"fmt"
	"unsafe"

	"gocv.io/x/gocv"

	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
)

// Converter converts images to one encoding, with OpenCV, and JPEG with libjpeg. Sources
// use it as their acquire.Converter. It reads an image in place, with its step, and writes
// into memory of its own.
//
// YUV is ITU-R BT.601 in the limited range, as webcams send it. Grey of colours is the luma
// of BT.601 in the full range, of YUV its own. Greys of more than 8 bits lose the lower ones. Bayer mosaics
// are interpolated bilinearly.
type Converter struct {
	encoding string
	decoder  jpeg.Decoder

	from, to matView
	result   OwnedImage
	about    media.Image // result of Describe
	between  gocv.Mat    // an intermediate result
	made     bool        // between is a matrix
}

// NewConverter returns a converter to one of [media.Converted]. Its memory is freed by
// [Converter.Close].
func NewConverter(encoding string) *Converter { return &Converter{encoding: encoding} }

// Close frees the memory. The Converter can be used again.
func (c *Converter) Close() {
	c.decoder.Close()
	c.from.close()
	c.to.close()
	c.result.Close()
	if c.made {
		c.between.Close() // always nil
	}
	c.made = false
}

// steps are OpenCV's conversions of an encoding to each result. YUV has its grey already.
type steps struct{ bgr, rgb, grey gocv.ColorConversionCode }

// conversions are the steps for the encodings that OpenCV converts directly. OpenCV names
// a Bayer mosaic by its second row, from the second pixel on.
var conversions = map[string]steps{
	"bgr8":        {unchanged, gocv.ColorBGRToRGB, gocv.ColorBGRToGray},
	"rgb8":        {gocv.ColorRGBToBGR, unchanged, gocv.ColorRGBToGray},
	"mono8":       {gocv.ColorGrayToBGR, gocv.ColorGrayToRGB, unchanged},
	yuyv:          {gocv.ColorYUVToBGRYUY2, gocv.ColorYUVToRGBYUY2, 0},
	uyvy:          {gocv.ColorYUVToBGRUYVY, gocv.ColorYUVToRGBUYVY, 0},
	"YVYU":        {gocv.ColorYUVToBGRYVYU, gocv.ColorYUVToRGBYVYU, 0},
	"BGRX":        {gocv.ColorBGRAToBGR, gocv.ColorBGRAToRGB, gocv.ColorBGRAToGray},
	"RGBX":        {gocv.ColorRGBAToBGR, gocv.ColorRGBAToRGB, gocv.ColorRGBAToGray},
	"RGBP":        {gocv.ColorBGR565ToBGR, gocv.ColorBGR565ToRGB, gocv.ColorBGR565ToGray},
	"NV12":        {gocv.ColorYUVToBGRNV12, gocv.ColorYUVToRGBNV12, 0},
	"nv21":        {gocv.ColorYUVToBGRNV21, gocv.ColorYUVToRGBNV21, 0},
	"YU12":        {gocv.ColorYUVToBGRIYUV, gocv.ColorYUVToRGBIYUV, 0},
	"YV12":        {gocv.ColorYUVToBGRYV12, gocv.ColorYUVToRGBYV12, 0},
	"bayer_rggb8": {gocv.ColorBayerBGToBGR, gocv.ColorBayerBGToRGB, gocv.ColorBayerBGToGRAY},
	"bayer_bggr8": {gocv.ColorBayerRGToBGR, gocv.ColorBayerRGToRGB, gocv.ColorBayerRGToGRAY},
	"bayer_gbrg8": {gocv.ColorBayerGRToBGR, gocv.ColorBayerGRToRGB, gocv.ColorBayerGRToGRAY},
	"bayer_grbg8": {gocv.ColorBayerGBToBGR, gocv.ColorBayerGBToRGB, gocv.ColorBayerGBToGRAY},
}

// unchanged means no conversion.
const unchanged gocv.ColorConversionCode = -1

// preparations convert the other encodings to one of conversions.
var preparations = map[string]func(c *Converter, img *media.Image) (gocv.Mat, string, error){
	"VYUY":   func(c *Converter, img *media.Image) (gocv.Mat, string, error) { return c.swapChroma(img) },
	"422P":   func(c *Converter, img *media.Image) (gocv.Mat, string, error) { return c.interleave(img) },
	"XRGB":   func(c *Converter, img *media.Image) (gocv.Mat, string, error) { return c.pick(img, 3, 2, 1) },
	"XBGR":   func(c *Converter, img *media.Image) (gocv.Mat, string, error) { return c.pick(img, 1, 2, 3) },
	"mono16": func(c *Converter, img *media.Image) (gocv.Mat, string, error) { return c.shorten(img, 16) },
	"Y12":    func(c *Converter, img *media.Image) (gocv.Mat, string, error) { return c.shorten(img, 12) },
	"Y10":    func(c *Converter, img *media.Image) (gocv.Mat, string, error) { return c.shorten(img, 10) },
}

// Convert returns img in the converter's encoding, with the same size, or img itself if it
// has that encoding. The result is valid until the next call. The error wraps
// [media.ErrDamaged] for a damaged JPEG, and [media.ErrUnsupported] for an encoding that
// cannot be converted.
func (c *Converter) Convert(img *media.Image) (*media.Image, error) {
	switch {
	case img.Encoding == c.encoding:
		return img, nil
	case img.Encoding == media.JPEG:
		made, err := c.decoder.Decode(img, c.encoding)
		return made, ofCamera(err)
	}
	if err := c.into(&c.result, img); err != nil {
		return nil, err
	}
	return &c.result.Image, nil
}

// Describe returns img in the converter's encoding without its pixels: Data is nil. A JPEG has
// the size in its header, and its structure is checked. The result is valid until the next call.
func (c *Converter) Describe(img *media.Image) (*media.Image, error) {
	width, height := img.Width, img.Height
	if img.Encoding == media.JPEG {
		file, err := jpeg.Check(img.Data, jpeg.MaxPixels)
		if err != nil {
			return nil, ofCamera(err)
		}
		width, height = file.Width, file.Height
	}
	c.about = described(img, nil, width, height, width*pixelSize(matrixTypes[c.encoding]), c.encoding)
	return &c.about, nil
}

// ofCamera returns the error of a camera's JPEG. No camera sends one that is too large or of
// another kind on purpose.
func ofCamera(err error) error {
	if errors.Is(err, jpeg.ErrTooLarge) || errors.Is(err, jpeg.ErrUnsupported) {
		return fmt.Errorf("%w: %w", err, media.ErrDamaged)
	}
	return err
}

// into makes p the image in the converter's encoding. img is no JPEG.
func (c *Converter) into(p *OwnedImage, img *media.Image) error {
	if offset, stride, ok := lumaOf(img.Encoding); ok && c.encoding == "mono8" {
		return p.fullLuma(img, offset, stride)
	}
	if !c.made {
		c.between, c.made = gocv.NewMat(), true
	}
	var from gocv.Mat
	var err error
	encoding := img.Encoding
	if prepare, ok := preparations[encoding]; ok {
		from, encoding, err = prepare(c, img)
	} else {
		from, err = c.from.of(img)
	}
	if err != nil {
		return err
	}
	conversion, ok := conversions[encoding]
	if !ok {
		return fmt.Errorf("imaging: images of encoding %q cannot be converted to %s: %w", img.Encoding, c.encoding, media.ErrUnsupported)
	}
	code := conversion.bgr
	switch c.encoding {
	case "rgb8":
		code = conversion.rgb
	case "mono8":
		code = conversion.grey
	}
	return c.write(p, img, from, code)
}

// write makes p the conversion of a matrix, in p's memory.
func (c *Converter) write(p *OwnedImage, img *media.Image, from gocv.Mat, code gocv.ColorConversionCode) error {
	step := img.Width * pixelSize(matrixTypes[c.encoding])
	if err := p.reserve(step * img.Height); err != nil {
		return err
	}
	p.describe(img, img.Width, img.Height, step, c.encoding)
	to, err := c.to.of(&p.Image)
	if err != nil {
		return err
	}
	if code == unchanged {
		err = from.CopyTo(&to)
	} else {
		err = gocv.CvtColor(from, &to, code)
	}
	if err != nil {
		return c.failed(img, err)
	}
	// OpenCV allocates another matrix if the given one has another size or type.
	data, err := to.DataPtrUint8()
	if width, height := to.Cols(), to.Rows(); err != nil || unsafe.SliceData(data) != unsafe.SliceData(p.Data) || width != img.Width || height != img.Height {
		c.to.close()
		return fmt.Errorf("imaging: OpenCV has made %dx%d of an image of %dx%d, %s: %w", width, height, img.Width, img.Height, img.Encoding, media.ErrUnsupported)
	}
	return nil
}

// failed returns the error of a conversion.
func (c *Converter) failed(img *media.Image, err error) error {
	return fmt.Errorf("imaging: convert %dx%d, %s to %s: %w: %w", img.Width, img.Height, img.Encoding, c.encoding, err, media.ErrUnsupported)
}

// swapChroma makes UYVY of VYUY: it swaps bytes 0 and 2 of each pair of pixels, as OpenCV
// swaps red and blue of four channels.
func (c *Converter) swapChroma(img *media.Image) (gocv.Mat, string, error) {
	pairs := *img
	pairs.Width, pairs.Encoding = img.Width/2, "BGRX"
	from, err := c.from.of(&pairs)
	if err != nil {
		return gocv.Mat{}, "", err
	}
	if err := gocv.CvtColor(from, &c.between, gocv.ColorBGRAToRGBA); err != nil {
		return gocv.Mat{}, "", c.failed(img, err)
	}
	return c.reshaped(2), uyvy, nil
}

// reshaped returns the intermediate result with another number of channels.
func (c *Converter) reshaped(channels int) gocv.Mat {
	reshaped := c.between.Reshape(channels, 0)
	c.between.Close() // always nil; reshaped shares the data
	c.between = reshaped
	return reshaped
}

// interleave makes YUYV of planar 4:2:2.
func (c *Converter) interleave(img *media.Image) (gocv.Mat, string, error) {
	half, size := img.Width/2, img.Width*img.Height
	if half == 0 || img.Step != img.Width || len(img.Data) < 2*size {
		return gocv.Mat{}, "", errTooShort(img)
	}
	var planes []gocv.Mat
	for _, p := range []struct {
		kind gocv.MatType
		data []byte
	}{
		{gocv.MatTypeCV8UC2, img.Data[:size]},
		{gocv.MatTypeCV8UC1, img.Data[size : size*3/2]},
		{gocv.MatTypeCV8UC1, img.Data[size*3/2 : 2*size]},
	} {
		plane, err := gocv.NewMatFromBytes(img.Height, half, p.kind, p.data)
		if err != nil {
			return gocv.Mat{}, "", fmt.Errorf("imaging: %w", err)
		}
		defer plane.Close() // always nil
		planes = append(planes, plane)
	}
	c.allocate(img.Height, half, gocv.MatTypeCV8UC4)
	if err := gocv.MixChannels(planes, []gocv.Mat{c.between}, []int{0, 0, 2, 1, 1, 2, 3, 3}); err != nil {
		return gocv.Mat{}, "", c.failed(img, err)
	}
	return c.reshaped(2), yuyv, nil
}

// pick makes BGR of three of the four bytes of each pixel.
func (c *Converter) pick(img *media.Image, blue, green, red int) (gocv.Mat, string, error) {
	from, err := c.from.of(img)
	if err != nil {
		return gocv.Mat{}, "", err
	}
	c.allocate(img.Height, img.Width, gocv.MatTypeCV8UC3)
	if err := gocv.MixChannels([]gocv.Mat{from}, []gocv.Mat{c.between}, []int{blue, 0, green, 1, red, 2}); err != nil {
		return gocv.Mat{}, "", c.failed(img, err)
	}
	return c.between, "bgr8", nil
}

// allocate makes the intermediate result a matrix of a size and type, for operations
// that need one.
func (c *Converter) allocate(rows, columns int, kind gocv.MatType) {
	if m := &c.between; m.Rows() != rows || m.Cols() != columns || m.Type() != kind {
		m.Close() // always nil
		*m = gocv.NewMatWithSize(rows, columns, kind)
	}
}

// shorten makes mono8 of the upper 8 of that many bits.
func (c *Converter) shorten(img *media.Image, bits int) (gocv.Mat, string, error) {
	from, err := c.from.of(img)
	if err != nil {
		return gocv.Mat{}, "", err
	}
	// OpenCV rounds to the nearest: half a step less rounds down.
	scale := 1 / float32(int(1)<<(bits-8))
	if err := from.ConvertToWithParams(&c.between, gocv.MatTypeCV8UC1, scale, scale/2-0.5); err != nil {
		return gocv.Mat{}, "", c.failed(img, err)
	}
	return c.between, "mono8", nil
}

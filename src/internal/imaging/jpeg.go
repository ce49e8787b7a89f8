package imaging

import (
	"encoding/binary"
	"errors"
	"fmt"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
)

// Encoder compresses images to JPEG. The zero Encoder is ready; Close gives its
// memory back.
type Encoder struct {
	from   view
	bgr    gocv.Mat
	made   bool // bgr is a matrix
	buffer *gocv.NativeByteBuffer
}

// Encode returns the image as a JPEG file: in colour, or in grey for mono8.
// quality is 1 to 100, the best. The file lies in OpenCV's memory and is valid
// until the next call.
//
// gocv allocates some small objects of Go's heap for each image; nothing of the
// size of the image or the file is among them.
func (e *Encoder) Encode(img *acquire.Image, quality int) ([]byte, error) {
	from, err := e.from.look(img)
	if err != nil {
		return nil, err
	}
	if code, needed := toBGR[img.Encoding]; needed {
		if !e.made {
			e.bgr, e.made = gocv.NewMat(), true
		}
		if err := gocv.CvtColor(from, &e.bgr, code); err != nil {
			return nil, fmt.Errorf("imaging: JPEG of an image of encoding %q: %w", img.Encoding, err)
		}
		from = e.bgr
	}
	e.free()
	e.buffer, err = gocv.IMEncodeWithParams(gocv.JPEGFileExt, from, []int{gocv.IMWriteJpegQuality, quality})
	if err != nil {
		return nil, fmt.Errorf("imaging: JPEG of an image of encoding %q: %w", img.Encoding, err)
	}
	return e.buffer.GetBytes(), nil
}

// toBGR holds the encodings that have to be converted for OpenCV's encoder.
var toBGR = map[string]gocv.ColorConversionCode{
	"rgb8": gocv.ColorRGBToBGR,
	yuyv:   gocv.ColorYUVToBGRYUY2,
	uyvy:   gocv.ColorYUVToBGRUYVY,
}

// free gives the last file back.
func (e *Encoder) free() {
	if e.buffer != nil {
		e.buffer.Close()
		e.buffer = nil
	}
}

// Close gives the memory back. The Encoder can be used again.
func (e *Encoder) Close() {
	e.from.close()
	e.free()
	if e.made {
		e.bgr.Close() // always nil
	}
	*e = Encoder{}
}

// Decoder decompresses JPEG. The zero Decoder is ready; Close gives its memory
// back.
type Decoder struct {
	to    gocv.Mat
	made  bool // to is a matrix
	image acquire.Image
}

// Decode returns the picture of an image of encoding JPEG as bgr8 or mono8. It
// lies in OpenCV's memory, which is kept from image to image, and is valid until
// the next call. An orientation in the file's EXIF data is not applied.
func (d *Decoder) Decode(img *acquire.Image, encoding string) (*acquire.Image, error) {
	flags := gocv.IMReadColor
	if encoding == "mono8" {
		flags = gocv.IMReadGrayScale
	}
	if len(img.Data) == 0 {
		return nil, errNotJPEG
	}
	if !d.made {
		d.to, d.made = gocv.NewMat(), true
	}
	if err := gocv.IMDecodeIntoMat(img.Data, flags|gocv.IMReadIgnoreOrientation, &d.to); err != nil {
		return nil, fmt.Errorf("imaging: decode a JPEG: %w", err)
	}
	if d.to.Empty() {
		return nil, errNotJPEG
	}
	data, err := d.to.DataPtrUint8()
	d.image = described(img, data, d.to.Cols(), d.to.Rows(), d.to.Step(), encoding)
	return &d.image, err
}

// Close gives the memory back. The Decoder can be used again.
func (d *Decoder) Close() {
	if d.made {
		d.to.Close() // always nil
	}
	*d = Decoder{}
}

var errNotJPEG = errors.New("imaging: the camera's data is no JPEG")

// JPEGFrame is what a JPEG file says of its picture.
type JPEGFrame struct {
	Width, Height int // [pixels]
	Components    int // 1 for grey, 3 for colour
}

// ReadJPEGFrame finds the frame of a JPEG file and says whether there is one. It
// reads the headers up to the frame's (ITU-T T.81, annex B.2.2).
func ReadJPEGFrame(file []byte) (JPEGFrame, bool) {
	const (
		prefix         = 0xff
		startOfImage   = 0xd8
		startOfFrame   = 0xc0 // to 0xcf, but for three others
		huffmanTables  = 0xc4
		extension      = 0xc8
		arithmeticCode = 0xcc
		startOfScan    = 0xda
	)
	if len(file) < 2 || file[0] != prefix || file[1] != startOfImage {
		return JPEGFrame{}, false
	}
	for rest := file[2:]; len(rest) >= 4 && rest[0] == prefix; {
		marker := rest[1]
		if marker == prefix { // may fill the space before a marker
			rest = rest[1:]
			continue
		}
		length := int(binary.BigEndian.Uint16(rest[2:]))
		switch {
		case marker == startOfScan:
			return JPEGFrame{}, false
		case marker&0xf0 == startOfFrame && marker != huffmanTables && marker != extension && marker != arithmeticCode:
			// Behind the marker: length, precision, height, width, components.
			if len(rest) < 10 {
				return JPEGFrame{}, false
			}
			frame := JPEGFrame{
				Height:     int(binary.BigEndian.Uint16(rest[5:])),
				Width:      int(binary.BigEndian.Uint16(rest[7:])),
				Components: int(rest[9]),
			}
			return frame, frame.Width > 0 && frame.Height > 0
		case length < 2 || 2+length > len(rest):
			return JPEGFrame{}, false
		}
		rest = rest[2+length:]
	}
	return JPEGFrame{}, false
}

package imaging

import (
	"fmt"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
)

// Picture is an image in memory of its own, which is OpenCV's. The zero Picture
// is empty. It keeps its memory for the next image that fits.
type Picture struct {
	acquire.Image          // Data lies in the picture's memory
	memory        gocv.Mat // one row of bytes
	size          int      // [bytes] of memory; 0 before there is any
}

// Copy makes the picture a copy of img, whatever its encoding, without the
// padding of its rows. It is img's data that is copied, so that it takes as
// long as the memory needs.
func (p *Picture) Copy(img *acquire.Image) error {
	kind, known := matrixTypes[img.Encoding]
	row := img.Width * channels(kind)
	if !known || img.Step == row || img.Step < row {
		if err := p.reserve(len(img.Data)); err != nil {
			return err
		}
		copy(p.Data, img.Data)
		p.describe(img, img.Width, img.Height, img.Step, img.Encoding)
		return nil
	}
	if err := p.reserve(row * img.Height); err != nil {
		return err
	}
	for y := range img.Height {
		copy(p.Data[y*row:(y+1)*row], img.Data[y*img.Step:])
	}
	p.describe(img, img.Width, img.Height, row, img.Encoding)
	return nil
}

// describe says what Data holds; all else is as in img.
func (p *Picture) describe(img *acquire.Image, width, height, step int, encoding string) {
	p.Image = described(img, p.Data, width, height, step, encoding)
}

// described returns an image with other data than img, and all else as it is.
func described(img *acquire.Image, data []byte, width, height, step int, encoding string) acquire.Image {
	made := *img
	made.Data, made.Width, made.Height, made.Step, made.Encoding = data, width, height, step, encoding
	return made
}

// reserve makes Data so many bytes long. What they hold is left over from
// before.
func (p *Picture) reserve(bytes int) error {
	if bytes > p.size {
		p.Close()
		p.memory = gocv.NewMatWithSize(1, bytes, gocv.MatTypeCV8UC1)
		p.size = bytes
	}
	if bytes == 0 {
		p.Data = nil
		return nil
	}
	data, err := p.memory.DataPtrUint8()
	if err != nil || len(data) < bytes {
		return fmt.Errorf("imaging: no memory for %d bytes", bytes)
	}
	p.Data = data[:bytes]
	return nil
}

// Close gives the memory back. The picture is empty then and can be used again.
func (p *Picture) Close() {
	if p.size > 0 {
		p.memory.Close() // always nil
	}
	*p = Picture{}
}

package imaging

import (
	"fmt"

	"gocv.io/x/gocv"

	"av_capture/src/internal/media"
)

// OwnedImage is an image in memory of its own, which OpenCV allocates. The zero OwnedImage
// is empty. It keeps its memory for the next image that fits, unless that is large for
// much less. Close frees it.
type OwnedImage struct {
	media.Image          // Data lies in memory
	memory      gocv.Mat // one row of bytes
	size        int      // [bytes] of memory; 0 before there is any
}

// Copy makes p a copy of img, of any encoding. Rows lose their padding where the encoding
// is known. It fails if img's data is too short.
func (p *OwnedImage) Copy(img *media.Image) error {
	kind, known := matrixTypes[img.Encoding]
	row, rows := img.Width*pixelSize(kind), rowsOf(img)
	if !known || img.Step == row || img.Step < row {
		if err := p.reserve(len(img.Data)); err != nil {
			return err
		}
		copy(p.Data, img.Data)
		p.describe(img, img.Width, img.Height, img.Step, img.Encoding)
		return nil
	}
	if len(img.Data) < (rows-1)*img.Step+row {
		return errTooShort(img)
	}
	if err := p.reserve(row * rows); err != nil {
		return err
	}
	for y := range rows {
		copy(p.Data[y*row:(y+1)*row], img.Data[y*img.Step:])
	}
	p.describe(img, img.Width, img.Height, row, img.Encoding)
	return nil
}

// describe sets the format of Data; all else is as in img.
func (p *OwnedImage) describe(img *media.Image, width, height, step int, encoding string) {
	p.Image = described(img, p.Data, width, height, step, encoding)
}

// described returns a copy of img with other data and another format.
func described(img *media.Image, data []byte, width, height, step int, encoding string) media.Image {
	made := *img
	made.Data, made.Width, made.Height, made.Step, made.Encoding = data, width, height, step, encoding
	return made
}

// reserve makes Data a number of bytes long, with undefined content.
func (p *OwnedImage) reserve(bytes int) error {
	const large = 32 << 20 // an image of 4K
	if bytes > p.size || bytes > 0 && p.size > large && bytes < p.size/4 {
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

// Close frees the memory. The OwnedImage is then empty and can be used again.
func (p *OwnedImage) Close() {
	if p.size > 0 {
		p.memory.Close() // always nil
	}
	*p = OwnedImage{}
}

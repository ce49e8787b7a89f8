package film

import (
	"bytes"
	"fmt"
	"image/png"
	"time"

	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
	"av_capture/src/internal/nut"
)

// Image is the image of a message, of which nothing is checked.
type Image struct {
	Stamp time.Duration // since ROS's epoch

	// Image lacks its stamp on CLOCK_MONOTONIC. Its memory is the recorder's from now on.
	// Of a compressed image the Encoding is [media.JPEG], whatever it is.
	media.Image
}

// picture is an image that is checked, and as ffmpeg takes it.
type picture struct {
	stamp  time.Duration
	format pictureFormat
	data   []byte
}

// pictureFormat is the format of images; all images of a stream in a part have the same one.
type pictureFormat struct {
	encoding      string
	width, height int // [pixels]
}

// String describes the format for people, as in "640x480 bgr8".
func (f pictureFormat) String() string {
	return fmt.Sprintf("%dx%d %s", f.width, f.height, media.PixelFormat(f.encoding))
}

// compressed reports whether images are files that can be stored as they are.
func (f pictureFormat) compressed() bool {
	return f.encoding == media.JPEG || f.encoding == nut.PNG
}

// check checks an image, and takes out what stands between its rows.
func check(img *Image) (picture, error) {
	p := picture{stamp: img.Stamp, data: img.Data}
	if img.Encoding == media.JPEG {
		format, err := checkFile(img.Data)
		p.format = format
		return p, err
	}
	code, known := nut.FourCCs[img.Encoding]
	if !known || code.Bits == 0 {
		return p, fmt.Errorf("its encoding is %.40q, which cannot be saved as a film", img.Encoding)
	}
	if err := media.CheckSize(img.Width, img.Height); err != nil {
		return p, err
	}
	if img.Width%2 != 0 && code.Paired || code.Bits == 12 && img.Height%2 != 0 {
		return p, fmt.Errorf("an image is %dx%d %s, whose size must be even", img.Width, img.Height, img.Encoding)
	}
	row, rows := code.Rows(img.Width, img.Height)
	if img.Step < row || img.Step > media.MaxImageSize || len(img.Data) < img.Step*(rows-1)+row {
		return p, fmt.Errorf("an image is invalid: %dx%d %s, step %d, %d bytes of data", img.Width, img.Height, img.Encoding, img.Step, len(img.Data))
	}
	p.format = pictureFormat{img.Encoding, img.Width, img.Height}
	p.data = code.Pack(nil, img.Data, img.Width, img.Height, img.Step)
	return p, nil
}

// checkFile returns the format of a compressed image.
func checkFile(data []byte) (pictureFormat, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		file, err := jpeg.Check(data, media.MaxPixels)
		return pictureFormat{media.JPEG, file.Width, file.Height}, err
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		config, err := png.DecodeConfig(bytes.NewReader(data))
		if err == nil {
			err = media.CheckSize(config.Width, config.Height)
		}
		return pictureFormat{nut.PNG, config.Width, config.Height}, err
	}
	return pictureFormat{}, fmt.Errorf("a compressed image is neither JPEG nor PNG")
}

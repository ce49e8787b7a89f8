package nodetest

import (
	"bytes"
	"image"
	"image/jpeg"
	"runtime"
	"testing"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

// PinnedImage returns an image in pinned memory.
func PinnedImage(t testing.TB, width, height, bytes int, encoding string) *media.Image {
	img := &media.Image{Width: width, Height: height, Step: bytes * width, Encoding: encoding}
	img.Data = make([]byte, img.Step*height)
	for i := range img.Data {
		img.Data[i] = byte(i * 31 >> 3)
	}
	var pinner runtime.Pinner
	pinner.Pin(&img.Data[0])
	t.Cleanup(pinner.Unpin)
	return img
}

// ImageOf returns an image in pinned memory.
func ImageOf(t testing.TB, width, height int, encoding string) *media.Image {
	img := &media.Image{Width: width, Height: height, Step: bytesPerPixel[encoding] * width, Encoding: encoding}
	if encoding == media.JPEG {
		var file bytes.Buffer
		if err := jpeg.Encode(&file, image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420), nil); err != nil {
			t.Fatal(err)
		}
		img.Data = file.Bytes()
	} else {
		img.Data = make([]byte, img.Step*height)
	}
	for i := range img.Step * height {
		img.Data[i] = byte(i * 31 >> 3)
	}
	var pinner runtime.Pinner
	pinner.Pin(&img.Data[0])
	t.Cleanup(pinner.Unpin)
	return img
}

var bytesPerPixel = map[string]int{"bgr8": 3, "rgb8": 3, "mono8": 1, "yuv422_yuy2": 2, "uyvy": 2}

// Next makes img the source's next image.
func Next(img *media.Image) {
	img.Stamp = clock.Monotonic()
	img.Sequence++
}

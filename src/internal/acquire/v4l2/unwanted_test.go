package v4l2

import (
	"errors"
	"testing"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
)

// TestNothingIsConvertedThatNobodyWants: the image is described without pixels, and the next one
// that somebody wants has them.
func TestNothingIsConvertedThatNobodyWants(t *testing.T) {
	const width, height = 32, 24
	wanted := false
	converter := imaging.NewConverter("bgr8")
	defer converter.Close()
	s := New(Config{PixelFormat: "bgr8", Converter: converter, Wanted: func() bool { return wanted }})
	f := &pixelFormats[rank(yuyv)]
	c := &camera{native: nativeFormat{pixelFormat: f, convert: true}, driverFormat: imageFormat{format: yuyv, width: width, height: height, steps: []int{2 * width}},
		planes: f.planes(width, height, 2*width)}
	c.drop, _ = timing.NewDecimator(30, 30)
	var filled dequeued
	filled.parts[0], filled.count = make([]byte, 2*width*height), 1
	image := media.Image{Sequence: 7}
	for _, wanted = range []bool{false, true, false} {
		image.Sequence = 7
		emitted := 0
		if err := s.send(c, &filled, &image, func(got *media.Image) {
			emitted++
			if got.Width != width || got.Height != height || got.Step != 3*width || got.Encoding != "bgr8" || got.Damage != nil || got.Sequence != 7 {
				t.Errorf("wanted is %v: got %+v", wanted, got)
			}
			if bytes := len(got.Data); wanted && bytes != 3*width*height || !wanted && got.Data != nil {
				t.Errorf("wanted is %v: got %d bytes", wanted, bytes)
			}
		}); err != nil || emitted != 1 {
			t.Errorf("wanted is %v: emitted %d images, %v", wanted, emitted, err)
		}
	}
}

// TestPlanesAreJoinedOnlyIfSomebodyWantsThem: a buffer that lacks bytes is damaged all the same.
func TestPlanesAreJoinedOnlyIfSomebodyWantsThem(t *testing.T) {
	const width, height, step = 32, 24, 48
	wanted := false
	converter := imaging.NewConverter("bgr8")
	defer converter.Close()
	s := New(Config{PixelFormat: "bgr8", Converter: converter, Wanted: func() bool { return wanted }})
	f := &pixelFormats[rank(fourCC("YU12"))]
	c := &camera{native: nativeFormat{pixelFormat: f, convert: true}, driverFormat: imageFormat{format: f.code, width: width, height: height, steps: []int{step}},
		planes: f.planes(width, height, step)}
	defer c.planeBuffer.free()
	c.drop, _ = timing.NewDecimator(30, 30)
	var filled dequeued
	var image media.Image
	for _, wanted = range []bool{false, true} {
		for _, bytes := range []int{step * height * 3 / 2, step * height} {
			filled.parts[0], filled.count = make([]byte, bytes), 1
			damaged := bytes < step*height*3/2
			if err := s.send(c, &filled, &image, func(got *media.Image) {
				if errors.Is(got.Damage, media.ErrDamaged) != damaged || (got.Data != nil) != (wanted && !damaged) {
					t.Errorf("%d bytes, wanted is %v: got %d bytes, damage %v", bytes, wanted, len(got.Data), got.Damage)
				}
			}); err != nil {
				t.Error(err)
			}
		}
		if joined := c.planeBuffer.memory != nil; joined != wanted {
			t.Errorf("wanted is %v, joined is %v", wanted, joined)
		}
	}
}

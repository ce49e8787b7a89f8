package main

import (
	"slices"
	"testing"

	"av_capture/src/internal/acquire/v4l2"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node/camera"
)

func TestPixelFormatsAreThoseOfCameras(t *testing.T) {
	var words []string
	for _, choice := range camera.Table.Lookup("pixel_format").Choices {
		words = append(words, choice.Text())
	}
	var want []string
	for _, encoding := range v4l2.Encodings {
		if encoding == media.JPEG {
			encoding = "mjpeg"
		}
		want = append(want, encoding)
	}
	slices.Sort(words)
	slices.Sort(want)
	if !slices.Equal(words, want) {
		t.Errorf("pixel_format may be %q, and cameras give %q", words, want)
	}
}

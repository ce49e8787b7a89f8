package opencv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
)

// bars is a pipeline that shows upright bars of colour, which get less by one pixel at
// each width that is not a multiple of 4 if somebody takes padding for pixels.
func bars(caps string, width int) string {
	return fmt.Sprintf("videotestsrc pattern=smpte100 ! video/x-raw,%s,width=%d,height=48,framerate=50/1 ! appsink", caps, width)
}

func TestPipelineGivesWholeRowsAtEveryWidth(t *testing.T) {
	for _, test := range []struct {
		caps, encoding string
		channels       int
	}{
		{"format=BGR", "bgr8", 3}, {"format=BGR", "rgb8", 3}, {"format=BGR", "mono8", 1},
		{"format=GRAY8", "mono8", 1}, {"format=GRAY8", "bgr8", 3},
	} {
		for width := 640; width <= 643; width++ {
			t.Run(fmt.Sprintf("%s as %s, width %d", test.caps, test.encoding, width), func(t *testing.T) {
				source, format := open(t, Config{Kind: Pipeline, Device: bars(test.caps, width), PixelFormat: test.encoding})
				if format.Width != width || format.Height != 48 || format.FrameRate != 50 || format.Encoding != test.encoding {
					t.Fatalf("Open: got %+v", format)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				images := 0
				last := time.Duration(0)
				if err := source.Run(ctx, func(image *media.Image) {
					if images == 3 {
						return
					}
					if images++; images == 3 {
						cancel()
					}
					if image.Width != width || image.Height != 48 || image.Step != test.channels*width || len(image.Data) != image.Step*48 || image.Stamp <= last {
						t.Fatalf("got %dx%d, step %d, %d bytes, stamp %v after %v", image.Width, image.Height, image.Step, len(image.Data), image.Stamp, last)
					}
					last = image.Stamp
					for y := range image.Height {
						if !bytes.Equal(image.Data[y*image.Step:][:image.Step], image.Data[:image.Step]) {
							t.Fatalf("row %d is not as the first one: the bars are not upright", y)
						}
					}
					white, black := image.Data[0], image.Data[len(image.Data)-1]
					if white < 180 || test.channels == 1 && black > 60 {
						t.Errorf("the first bar is %d and the last %d, want white and blue", white, black)
					}
				}); err != nil || images != 3 {
					t.Errorf("Run: %d images, %v", images, err)
				}
			})
		}
	}
}

// A Bayer mosaic and a JPEG have one channel, as grey has.
func TestPipelineOfOneChannelThatIsNotGreyIsRefused(t *testing.T) {
	for _, pipeline := range []string{
		"videotestsrc ! video/x-bayer,format=bggr,width=64,height=48 ! appsink",
		"videotestsrc ! video/x-raw,format=NV12,width=64,height=48 ! appsink",
	} {
		source := acquire.Check(New(Config{Kind: Pipeline, Device: pipeline, PixelFormat: "mono8"}))
		_, err := source.Open(t.Context())
		if err == nil {
			err = source.Run(t.Context(), func(image *media.Image) {
				t.Fatalf("%s: got %dx%d, %s", pipeline, image.Width, image.Height, image.Encoding)
			})
		}
		if err == nil {
			t.Errorf("%s: no error", pipeline)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestPipelineThatEndsIsLost(t *testing.T) {
	source, _ := open(t, Config{Kind: Pipeline, PixelFormat: "bgr8",
		Device: "videotestsrc num-buffers=5 ! video/x-raw,format=BGR,width=64,height=48,framerate=50/1 ! appsink"})
	images := 0
	err := source.Run(t.Context(), func(*media.Image) { images++ })
	if !errors.Is(err, media.ErrLost) || images != 5 {
		t.Errorf("got %d images, then %v, want 5 and %v", images, err, media.ErrLost)
	}
}

func TestPipelineInAnotherFormatIsRefused(t *testing.T) {
	source, _ := open(t, Config{Kind: Pipeline, Device: bars("format=YUY2", 640), PixelFormat: "bgr8"})
	err := source.Run(t.Context(), func(image *media.Image) {
		t.Errorf("got an image of %d bytes, %s", len(image.Data), image.Encoding)
	})
	if !errors.Is(err, media.ErrUnsupported) && !errors.Is(err, media.ErrLost) {
		t.Errorf("got %v, want %v", err, media.ErrUnsupported)
	}
}

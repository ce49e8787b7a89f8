package camera

import (
	"context"
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
	"av_capture/src/internal/param"
)

// sizesOnly is a source of images that have sizes, but no pixels.
type sizesOnly struct {
	format media.VideoFormat
	sizes  [][2]int
}

func (s sizesOnly) Open(context.Context) (media.VideoFormat, error) { return s.format, nil }
func (s sizesOnly) Run(_ context.Context, emit func(*media.Image)) error {
	for i, size := range s.sizes {
		img := media.Image{Width: size[0], Height: size[1], Step: 3 * size[0], Encoding: "bgr8", Sequence: uint64(i)}
		emit(&img)
	}
	return media.ErrEnd
}
func (s sizesOnly) Close() error { return nil }

func TestAbsurdImagesAreRefused(t *testing.T) {
	var source sizesOnly
	c, err := New(nodetest.NewContext(t), node.Options{Name: "camera"}, func(Config, func(string)) (acquire.VideoSource, error) {
		return source, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	run := func(width, height int, rate float64, sizes ...[2]int) (given map[string]param.Value, err error) {
		source = sizesOnly{media.VideoFormat{Device: "a file", Width: width, Height: height, FrameRate: rate, Encoding: "bgr8"}, sizes}
		v, err := c.newSession(c.config)
		if err != nil {
			t.Fatal(err)
		}
		err = v.run(t.Context(), func(values map[string]param.Value) { given = values }, func() {})
		return given, err
	}
	for _, size := range [][2]int{{20000, 20000}, {16385, 1}, {1, 16385}, {16384, 16384}, {0, 480}, {-1, 480}, {1 << 40, 1 << 40}} {
		given, err := run(size[0], size[1], 30)
		if given != nil || !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "make them smaller") {
			t.Errorf("%v: %v, want a refusal that says what to do", size, err)
		}
	}
	// An absurd rate is no reason to refuse an input.
	for rate, known := range map[float64]bool{30: true, 0: false, 90000: false, 1e-12: false} {
		given, err := run(64, 48, rate)
		if _, ok := given["framerate"]; ok != known || !errors.Is(err, media.ErrEnd) {
			t.Errorf("%v images/s: known is %v, want %v, and %v", rate, ok, known, err)
		}
	}
	before := c.meter.captured
	if _, err := run(64, 48, 30, [2]int{64, 48}, [2]int{20000, 20000}, [2]int{1, 16385}, [2]int{64, 48}); !errors.Is(err, media.ErrEnd) {
		t.Errorf("images that grow on the way: %v", err)
	}
	if got := c.meter.captured - before; got != 2 || c.meter.drops != 2 || !strings.Contains(c.meter.lastRefusal.Error(), "1x16385") {
		t.Errorf("%d images were taken and %d refused, the last since %v; want 2 and 2", got, c.meter.drops, c.meter.lastRefusal)
	}
}

package synthetic

import (
	"context"
	"math"
	"testing"
	"time"

	"av_capture/src/internal/acquire/synthetic/synthetictest"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

func TestFlashIsTheShareOfLightInAnExposure(t *testing.T) {
	const period = 40 * time.Millisecond
	for at, want := range map[time.Duration]float64{ // since a whole second
		-40 * time.Millisecond: 0, -30 * time.Millisecond: 0.25, -time.Millisecond: 0.975, 0: 1,
		100 * time.Millisecond: 1, 160 * time.Millisecond: 1, 190 * time.Millisecond: 0.25, 200 * time.Millisecond: 0, 500 * time.Millisecond: 0,
	} {
		if got := flashShare(time.Unix(1_700_000_000, 0).Add(at), period); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v after a whole second: %v of an exposure is lit, want %v", at, got, want)
		}
	}
	if got := flashShare(time.Unix(1_700_000_000, 123), 10*time.Second); math.Abs(got-0.2) > 1e-9 {
		t.Errorf("%v of ten seconds is lit, want a fifth", got)
	}
}

// Every pixel but those of the frame number has the light of the exposure, in each encoding,
// and the number can be read.
func TestFlashFillsTheImage(t *testing.T) {
	for _, encoding := range Encodings {
		p := newPattern(128, 64, pixelFormats[encoding])
		dst := make([]byte, 64*p.step)
		for _, share := range []float64{0, 1, 0.5, 0.5, 0} {
			p.drawFlash(dst, 77, share)
			want := make([]byte, p.step)
			grey := round8(255 * math.Pow(share, 1/2.2))
			colors := make([]rgb, 128)
			for i := range colors {
				colors[i] = rgb{grey, grey, grey}
			}
			p.format.pack(want, colors)
			row := dst[63*p.step:]
			for i := range want {
				if row[i] != want[i] {
					t.Fatalf("%s, %v of the light: byte %d of the last row is %d, want %d", encoding, share, i, row[i], want[i])
				}
			}
		}
		if got, ok := synthetictest.FrameNumber(dst, 128, 64, p.step, encoding); !ok || got != 77 {
			t.Errorf("%s: the frame number is %d, %t, want 77", encoding, got, ok)
		}
		if n := testing.AllocsPerRun(10, func() { p.drawFlash(dst, 1, 0.3); p.drawFlash(dst, 2, 0.6) }); n != 0 {
			t.Errorf("%s: %v allocations", encoding, n)
		}
	}
}

// The system's time is set so that whole seconds fall at known times. The camera runs until
// light and dark were both seen, however late and few its images are.
func TestCameraFlashesAtWholeSeconds(t *testing.T) {
	whole := clock.Monotonic()
	camera := NewCamera(CameraConfig{
		Width: 128, Height: 64, FrameRate: 100, Encoding: "mono8", Pattern: Flashes,
		SystemTime: func(at time.Duration) time.Time { return time.Unix(1_700_000_000, 0).Add(at - whole) },
	})
	if _, err := camera.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer camera.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dark, bright := 0, 0
	err := camera.Run(ctx, func(img *media.Image) {
		value := img.Data[len(img.Data)-1]
		switch since := (img.Stamp - whole) % time.Second; {
		case since < 0: // of an image before the first whole second
		case since <= 190*time.Millisecond:
			bright++
			if value != 255 {
				t.Errorf("%v after a whole second an image is %d", since, value)
			}
		case since >= 200*time.Millisecond && since <= 990*time.Millisecond:
			dark++
			if value != 0 {
				t.Errorf("%v after a whole second an image is %d", since, value)
			}
		}
		if dark > 0 && bright > 0 {
			cancel()
		}
	})
	if err != nil || dark == 0 || bright == 0 {
		t.Errorf("%d dark and %d bright images, %v", dark, bright, err)
	}
}

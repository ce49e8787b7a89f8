package video_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/acquire/synthetic/synthetictest"
	"av_capture/src/internal/encoders"
	"av_capture/src/internal/media"
	"av_capture/src/internal/video"
)

// patience bounds waits for ffmpeg.
const patience = 2 * time.Minute

// collection holds what came out. Any goroutine may use it.
type collection[T any] struct {
	mu      sync.Mutex
	changed sync.Cond
	all     []T
}

func newCollection[T any]() *collection[T] {
	c := &collection[T]{}
	c.changed.L = &c.mu
	return c
}

func (c *collection[T]) add(v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, v)
	c.changed.Broadcast()
}

// wait waits until there are so many, and returns all.
func (c *collection[T]) wait(t *testing.T, count int) []T {
	t.Helper()
	late := false
	timer := time.AfterFunc(patience, func() { c.mu.Lock(); late = true; c.mu.Unlock(); c.changed.Broadcast() })
	defer timer.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.all) < count && !late {
		c.changed.Wait()
	}
	if len(c.all) < count {
		t.Fatalf("%d came out, want %d", len(c.all), count)
	}
	return slices.Clone(c.all)
}

// packet is a copy of one that came out.
type packet struct {
	video.Packet
	number uint32
}

// images calls with some numbered images of the synthetic camera, until use returns false.
func images(t *testing.T, width, height int, encoding string, use func(img *media.Image, number uint32) bool) {
	t.Helper()
	camera := synthetic.NewCamera(synthetic.CameraConfig{Width: width, Height: height, FrameRate: 200, Encoding: encoding, Pattern: synthetic.Moving})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := camera.Open(ctx); err != nil {
		t.Fatal(err)
	}
	defer camera.Close()
	if err := camera.Run(ctx, func(img *media.Image) {
		number, ok := synthetictest.FrameNumber(img.Data, img.Width, img.Height, img.Step, img.Encoding)
		if !ok {
			t.Error("an image without a number")
		}
		if !use(img, number) {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// encodeAll puts images into an encoder, some time apart, and returns the packets.
func encodeAll(t *testing.T, config video.Config, encoding string, count int, apart time.Duration) []packet {
	t.Helper()
	got := newCollection[packet]()
	e := video.NewEncoder(func(p *video.Packet, number uint32) {
		c := packet{*p, number}
		c.Data = bytes.Clone(p.Data)
		got.add(c)
	}, func(text string) { t.Log(text) })
	defer e.Close()
	n := 0
	images(t, 320, 240, encoding, func(img *media.Image, number uint32) bool {
		img.Stamp = time.Hour + time.Duration(n)*apart
		if err := e.Put(t.Context(), config, img, number); err != nil {
			t.Error(err)
			return false
		}
		n++
		return n < count
	})
	all := got.wait(t, count)
	if lost := e.TakeLost(); lost > 0 {
		t.Errorf("%d were lost", lost)
	}
	return all
}

// heldBack is the number of images that ffmpeg's decoder may hold back.
const heldBack = 2

// has reports whether this machine's ffmpeg has an encoder.
func has(t *testing.T, name string) bool {
	tool, err := encoders.Inspect(t.Context(), "ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = tool.FindLive(name)
	return err == nil
}

func TestEachImageComesBackWithItsTag(t *testing.T) {
	for _, c := range []struct{ encoder, codec, encoding string }{
		{"h264", accessunit.H264, "bgr8"},
		{"h264", accessunit.H264, "mono8"},
		{"h264", accessunit.H264, "yuv422_yuy2"},
		{"hevc", accessunit.HEVC, "bgr8"},
	} {
		t.Run(c.encoder+" "+c.encoding, func(t *testing.T) {
			if !has(t, c.encoder) {
				t.Fatalf("ffmpeg has no encoder of %s", c.encoder)
			}
			const count = 24
			// Less than a microsecond apart, which is the unit of the pipe.
			packets := encodeAll(t, video.Config{Encoder: c.encoder, KeyFrames: 10, BitRate: 4e6}, c.encoding, count, 700*time.Nanosecond)
			type decoded struct{ seen, number uint32 }
			got := newCollection[decoded]()
			d := video.NewDecoder(func(img *media.Image, number uint32) {
				seen, ok := synthetictest.FrameNumber(img.Data, img.Width, img.Height, img.Step, img.Encoding)
				if !ok || img.Width != 320 || img.Height != 240 {
					t.Errorf("image %d is %dx%d, with number %t", number, img.Width, img.Height, ok)
				}
				got.add(decoded{seen, number})
			}, func(text string) { t.Log(text) })
			defer d.Close()
			for i, p := range packets {
				if p.Codec != c.codec || p.Width != 320 || p.Height != 240 {
					t.Errorf("packet %d is %s %dx%d", i, p.Codec, p.Width, p.Height)
				}
				if info, err := accessunit.Inspect(p.Codec, p.Data); err != nil || !info.Picture || info.Key != p.Key || info.Key && !info.Parameters {
					t.Errorf("packet %d is %+v, key %t, %v", i, info, p.Key, err)
				}
				if want := i%10 == 0; p.Key != want {
					t.Errorf("packet %d: key frame is %t, want %t", i, p.Key, want)
				}
				img := media.Image{Data: p.Data, Width: p.Width, Height: p.Height, Encoding: p.Codec, Stamp: time.Duration(i) * time.Millisecond}
				if err := d.Put(t.Context(), &img, p.number); err != nil {
					t.Fatal(err)
				}
			}
			for i, image := range got.wait(t, count-heldBack) {
				if image.seen != image.number || image.number != packets[i].number {
					t.Errorf("image %d has number %d, tag %d, want %d", i, image.seen, image.number, packets[i].number)
				}
			}
		})
	}
}

func TestAKeyFrameComesWithinASecond(t *testing.T) {
	packets := encodeAll(t, video.Config{Encoder: "h264", KeyFrames: 1000, FrameRate: 10}, "bgr8", 35, 100*time.Millisecond)
	last := 0
	for i, p := range packets {
		if p.Key {
			last = i
		}
		if i-last >= 10 {
			t.Errorf("packet %d is %d images behind a key frame", i, i-last)
		}
	}
	if last == 0 {
		t.Error("there is one key frame alone")
	}
}

func TestTheBitRateIsKept(t *testing.T) {
	const count, rate = 60, 800e3
	size := 0
	for _, p := range encodeAll(t, video.Config{Encoder: "h264", KeyFrames: 30, FrameRate: 30, BitRate: rate}, "bgr8", count, time.Second/30) {
		size += len(p.Data)
	}
	if got := 8 * float64(size) / count * 30; got > 1.5*rate || got < 0.1*rate {
		t.Errorf("%.0f bits/s, want %.0f", got, float64(rate))
	}
}

func TestAnEncoderThatIsKilledIsStartedAgainWithAKeyFrame(t *testing.T) {
	got := newCollection[packet]()
	e := video.NewEncoder(func(p *video.Packet, number uint32) { got.add(packet{*p, number}) }, nil)
	defer e.Close()
	config := video.Config{Encoder: "h264", KeyFrames: 100}
	failed, after := -1, 0
	var lost uint64
	n := 0
	images(t, 320, 240, "bgr8", func(img *media.Image, number uint32) bool {
		n++
		img.Stamp = time.Duration(n) * time.Millisecond // or some are a second apart, and key frames
		if n == 10 {
			got.wait(t, 1)
			e.Kill()
		}
		err := e.Put(t.Context(), config, img, number)
		lost += e.TakeLost()
		switch {
		case err != nil && (failed >= 0 || n < 10):
			t.Errorf("image %d: %v", n, err)
		case err != nil:
			if failed = n; !bytes.Contains([]byte(err.Error()), []byte("killed")) {
				t.Error(err)
			}
		case failed >= 0:
			after++
		}
		return after < 5 && n < 1000
	})
	all := got.wait(t, n-1-int(lost))
	first := slices.IndexFunc(all, func(p packet) bool { return p.Key && p.number > all[0].number })
	if failed < 0 || first < 0 || len(all)-first != after {
		t.Errorf("failed at %d, lost %d; of %d packets a key frame is at %d, want %d behind it", failed, lost, len(all), first, after)
	}
}

func TestImagesOfAnotherFormatAreEncodedAnew(t *testing.T) {
	got := newCollection[packet]()
	e := video.NewEncoder(func(p *video.Packet, number uint32) { got.add(packet{*p, number}) }, nil)
	defer e.Close()
	for i, format := range []struct {
		width    int
		encoding string
	}{{320, "bgr8"}, {640, "bgr8"}, {640, "mono8"}, {641, "rgb8"}} {
		img := media.Image{Data: make([]byte, 3*format.width*480), Width: format.width, Height: 480, Step: 3 * format.width, Encoding: format.encoding}
		if err := e.Put(t.Context(), video.Config{Encoder: "h264", KeyFrames: 10}, &img, uint32(i)); err != nil {
			t.Fatal(err)
		}
		all := got.wait(t, i+1)
		if p := all[i]; !p.Key || p.number != uint32(i) || p.Width != format.width {
			t.Errorf("packet %d: %+v", i, p)
		}
	}
	if err := e.Put(t.Context(), video.Config{Encoder: "vp8"}, &media.Image{Width: 8, Height: 8, Step: 8, Encoding: "mono8", Data: make([]byte, 64)}, 0); err == nil || e.Running() {
		t.Errorf("vp8 is taken, %v", err)
	}
}

// Tests on a V4L2 device: Linux's own virtual camera, which may be unplugged. They
// run in the virtual machine of tools/devices.sh, and are skipped elsewhere. They
// need v4l2-ctl, and root.

package v4l2

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
)

const (
	vividNode   = "/dev/video0"
	vividDriver = "/sys/bus/platform/drivers/vivid/"
)

// virtual skips a test where there is no such camera.
func virtual(t *testing.T) {
	if os.Getenv("AV_CAPTURE_TEST_DEVICES") != "virtual" {
		t.Skip("needs the virtual camera of tools/devices.sh")
	}
}

// setControl sets a control of the device.
func setControl(t *testing.T, assignment string) {
	t.Helper()
	if out, err := exec.Command("v4l2-ctl", "-d", vividNode, "-c", assignment).CombinedOutput(); err != nil {
		t.Fatalf("v4l2-ctl -c %s: %v: %s", assignment, err, out)
	}
}

// drive writes to a file of the driver's.
func drive(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(vividDriver+file, []byte(text), 0); err != nil {
		t.Fatal(err)
	}
}

func vivid(encoding string, width, height int, rate float64) Config {
	config := Config{Device: "0", Width: width, Height: height, FrameRate: rate, PixelFormat: encoding, Buffers: 8}
	if slices.Contains(media.Converted, encoding) {
		config.Converter = imaging.NewConverter(encoding)
	}
	return config
}

// open opens a source and closes it at the test's end.
func open(t *testing.T, config Config) (acquire.VideoSource, media.VideoFormat) {
	t.Helper()
	return openSource(t, New(config))
}

// openSource opens a given source and closes it at the test's end.
func openSource(t *testing.T, unchecked *Source) (acquire.VideoSource, media.VideoFormat) {
	t.Helper()
	source := acquire.Check(unchecked)
	format, err := source.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
	return source, format
}

// run runs a source until emit returns false.
func run(t *testing.T, source acquire.VideoSource, emit func(*media.Image) bool) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	return source.Run(ctx, func(image *media.Image) {
		if ctx.Err() == nil && !emit(image) {
			cancel()
		}
	})
}

func TestVividIsListed(t *testing.T) {
	virtual(t)
	devices := List()
	if len(devices) == 0 || devices[0].Problem != nil || devices[0].Path != vividNode || devices[0].Driver != "vivid" {
		t.Fatalf("List: got %+v", devices)
	}
	first := devices[0]
	t.Logf("%v: %s", first, offers(first.Formats, "bgr8"))
	for _, name := range []string{"0", vividNode, first.Card, first.Bus} {
		config := vivid("bgr8", 320, 180, 30)
		config.Device = name
		source := acquire.Check(New(config))
		format, err := source.Open(t.Context())
		if err != nil || !strings.Contains(format.Device, vividNode) {
			t.Errorf("Open %q: got %+v, %v", name, format, err)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestVividGivesEveryEncodingSizeAndRate(t *testing.T) {
	virtual(t)
	for _, test := range []struct {
		encoding      string
		width, height int
		rate          float64
		step          int
	}{
		{"bgr8", 320, 180, 30, 960},
		{"rgb8", 320, 180, 30, 960},
		{"mono8", 320, 180, 30, 320},
		{"yuv422_yuy2", 320, 180, 30, 640},
		{"yuv422_yuy2", 320, 180, 60, 640},
		{"yuv422_yuy2", 640, 360, 15, 1280},
		{"mono8", 640, 480, 25, 640},
		{"yuv422_yuy2", 1280, 720, 10, 2560},
		{"yuv422_yuy2", 1920, 1080, 5, 3840},
	} {
		t.Run(fmt.Sprintf("%s/%dx%d@%v", test.encoding, test.width, test.height, test.rate), func(t *testing.T) {
			config := vivid(test.encoding, test.width, test.height, test.rate)
			config.Notice = func(text string) { t.Errorf("notice: %s", text) }
			source := New(config)
			checked, format := openSource(t, source)
			if format.Width != test.width || format.Height != test.height || format.FrameRate != test.rate || format.Encoding != test.encoding {
				t.Fatalf("Open: got %+v", format)
			}
			count := min(20, int(test.rate)) // of a second at most
			var stamps []time.Duration
			var oldest time.Duration
			var next uint64
			if err := run(t, checked, func(image *media.Image) bool {
				age := clock.Monotonic() - image.Stamp
				oldest = max(oldest, age)
				if age < 0 || len(stamps) > 0 && image.Stamp <= stamps[len(stamps)-1] {
					t.Errorf("stamp %v after %v, age %v", image.Stamp, stamps, age)
				}
				// A slow machine may lose images, which their numbers tell.
				if image.Sequence < next || image.Width != test.width || image.Height != test.height ||
					image.Step != test.step || len(image.Data) != test.step*test.height || image.Encoding != test.encoding {
					t.Errorf("image: got %d: %dx%d, step %d, %d bytes, %s", image.Sequence, image.Width, image.Height, image.Step, len(image.Data), image.Encoding)
				}
				next = image.Sequence + 1
				stamps = append(stamps, image.Stamp)
				return len(stamps) < count
			}); err != nil {
				t.Fatal(err)
			}
			period := (stamps[len(stamps)-1] - stamps[0]).Seconds() / float64(count-1)
			t.Logf("%v: %.2f images/s, oldest %v", source.camera.native.code, 1/period, oldest)
			// A slow machine may lose images; arrival jitters.
			if period < 0.8/test.rate {
				t.Errorf("rate by the stamps: got %.2f, want no more than %v", 1/period, test.rate)
			}
		})
	}
}

// The middle of each of vivid's colour bars, by encoding.
func TestVividColoursAreTheSameInEveryEncoding(t *testing.T) {
	virtual(t)
	setControl(t, "test_pattern=0,osd_text_mode=2")
	const width, height = 320, 180
	grab := func(encoding string) []byte {
		source, _ := open(t, vivid(encoding, width, height, 30))
		var pixels []byte
		if err := run(t, source, func(image *media.Image) bool {
			pixels = bytes.Clone(image.Data)
			return false
		}); err != nil {
			t.Fatal(err)
		}
		if err := source.Close(); err != nil {
			t.Fatal(err)
		}
		return pixels
	}
	bgr8, rgb8, mono8, yuy2 := grab("bgr8"), grab("rgb8"), grab("mono8"), grab("yuv422_yuy2")
	colours := map[[3]byte]bool{}
	for bar := range 8 {
		i := height/2*width + bar*width/8 + width/16
		i &^= 1
		b, g, r := int(bgr8[3*i]), int(bgr8[3*i+1]), int(bgr8[3*i+2])
		colours[[3]byte(bgr8[3*i:])] = true
		if int(rgb8[3*i]) != r || int(rgb8[3*i+1]) != g || int(rgb8[3*i+2]) != b {
			t.Errorf("bar %d: bgr8 is %v, rgb8 is %v", bar, bgr8[3*i:3*i+3], rgb8[3*i:3*i+3])
		}
		luma := (299*r + 587*g + 114*b) / 1000
		y, u, v := int(yuy2[2*i])-16, int(yuy2[2*i+1])-128, int(yuy2[2*i+3])-128
		clamp := func(x int) int { return min(max(x, 0), 255) }
		if d := clamp(298*y/256+409*v/256) - r; d < -6 || d > 6 {
			t.Errorf("bar %d: red of YUYV is off by %d", bar, d)
		}
		if d := clamp(298*y/256+516*u/256) - b; d < -6 || d > 6 {
			t.Errorf("bar %d: blue of YUYV is off by %d", bar, d)
		}
		t.Logf("bar %d: bgr %v, mono %d, luma %d, YUV %d %d %d", bar, bgr8[3*i:3*i+3], mono8[i], luma, y+16, u+128, v+128)
	}
	if len(colours) != 8 {
		t.Errorf("colours: got %d different ones, want 8", len(colours))
	}
}

// only restricts a source to one of the device's formats. It reports whether the device has
// it.
func only(t *testing.T, source *Source, format FourCC) bool {
	t.Helper()
	n, _, err := openCapture(vividNode)
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	source.formats = func(all []Format) []Format {
		return slices.DeleteFunc(slices.Clone(all), func(f Format) bool { return f.FourCC != format })
	}
	return len(source.formats(n.formats())) > 0
}

// one returns the first image of a source, which it opens and closes.
func one(t *testing.T, source *Source) media.Image {
	t.Helper()
	checked := acquire.Check(source)
	if _, err := checked.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got media.Image
	if err := run(t, checked, func(image *media.Image) bool {
		if image.Damage != nil {
			t.Errorf("%v: %v", source.camera.native.code, image.Damage)
		}
		got = *image
		got.Data = bytes.Clone(image.Data)
		return false
	}); err != nil {
		t.Fatal(err)
	}
	if err := checked.Close(); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestVividConvertsEveryFormat(t *testing.T) {
	virtual(t)
	setControl(t, "test_pattern=0,osd_text_mode=2")
	// bars are the middles of vivid's colour bars.
	bars := func(image media.Image) (pixels []byte) {
		for bar := range 8 {
			i := 90*image.Step + image.Step/image.Width*(bar*40+20)
			pixels = append(pixels, image.Data[i:i+image.Step/image.Width]...)
		}
		return pixels
	}
	for _, encoding := range media.Converted {
		source := New(vivid(encoding, 320, 180, 30))
		only(t, source, bgr3)
		want := bars(one(t, source))
		grey := New(vivid("mono8", 320, 180, 30))
		only(t, grey, bgr3)
		wantGrey := bars(one(t, grey))
		offered := 0
		for _, f := range pixelFormats {
			if f.compressed() || !only(t, source, f.code) {
				continue
			}
			offered++
			got, want, tolerance := bars(one(t, source)), want, 8
			if strings.HasPrefix(f.encoding, "mono") || strings.HasPrefix(f.encoding, "Y1") {
				// vivid's own grey is ITU-R BT.709's luma.
				got, want, tolerance = bars(one(t, source)), wantGrey, 45
				if encoding != "mono8" {
					got = []byte{got[0], got[3], got[6], got[9], got[12], got[15], got[18], got[21]}
				}
			}
			for i := range want {
				if d := int(got[i]) - int(want[i]); d < -tolerance || d > tolerance {
					t.Errorf("%v to %s: got %v, want %v", f.code, encoding, got, want)
					break
				}
			}
		}
		// All but those of several parts of memory, YUV of which nothing is known, and JPEG.
		if offered < 30 {
			t.Errorf("vivid offers %d formats that can be converted, want 30", offered)
		}
	}
}

// vivid makes rows as long as it is asked to, as other drivers do of their own.
func TestVividPaddedRowsAreTheSameImage(t *testing.T) {
	virtual(t)
	setControl(t, "test_pattern=0,osd_text_mode=2")
	for _, test := range []struct {
		format   FourCC
		encoding string
	}{
		{yuyv, "yuv422_yuy2"}, {uyvy, "uyvy"}, {grey, "mono8"}, {bgr3, "bgr8"}, {fourCC("NV21"), "nv21"},
		{fourCC("Y16 "), "mono16"}, {fourCC("RGGB"), "bayer_rggb8"},
		{yuyv, "bgr8"}, {rgb3, "bgr8"}, {grey, "rgb8"}, {fourCC("NV12"), "rgb8"}, {fourCC("YU12"), "bgr8"}, {fourCC("YV12"), "mono8"},
		{fourCC("422P"), "bgr8"}, {fourCC("VYUY"), "bgr8"}, {fourCC("RGBP"), "bgr8"}, {fourCC("XR24"), "bgr8"}, {fourCC("BA24"), "bgr8"},
		{fourCC("Y10 "), "mono8"}, {fourCC("GRBG"), "bgr8"},
	} {
		source := New(vivid(test.encoding, 320, 180, 30))
		if !only(t, source, test.format) {
			t.Errorf("%v: not offered", test.format)
			continue
		}
		want := one(t, source)
		paddings := []int{2, 64, 66}
		switch test.format {
		case fourCC("XR24"), fourCC("BA24"):
			paddings = []int{4, 64, 68}
		case fourCC("YU12"), fourCC("YV12"):
			// vivid tells too few bytes where half of a step is odd.
			paddings = []int{4, 64, 68}
		}
		for _, padding := range paddings {
			source.padding = padding
			got := one(t, source)
			row := len(want.Data) / want.Step
			if test.encoding == pixelFormats[rank(test.format)].raw && got.Step < want.Step+padding {
				t.Errorf("%v: step %d with %d bytes of padding, without it is %d", test.format, got.Step, padding, want.Step)
			}
			if len(got.Data) < (row-1)*got.Step+want.Step {
				t.Fatalf("%v as %s: %d bytes in rows of %d", test.format, test.encoding, len(got.Data), got.Step)
			}
			for y := range row {
				if !bytes.Equal(got.Data[y*got.Step:][:want.Step], want.Data[y*want.Step:][:want.Step]) {
					t.Errorf("%v as %s, %d bytes of padding: row %d differs", test.format, test.encoding, padding, y)
					break
				}
			}
		}
	}
}

func TestVividRefusesSizeAndFormatThatItHasNot(t *testing.T) {
	virtual(t)
	for _, config := range []Config{
		vivid("bgr8", 320, 240, 30),
		vivid("yuv422_yuy2", 1000, 700, 30),
	} {
		_, err := New(config).Open(t.Context())
		t.Log(err)
		if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "320x180") {
			t.Errorf("Open %dx%d: got %v, want ErrUnsupported that lists 320x180", config.Width, config.Height, err)
		}
	}
	// A rate that it has not is no error, but said.
	config := vivid("yuv422_yuy2", 320, 180, 240)
	var notices []string
	config.Notice = func(text string) { notices = append(notices, text) }
	_, format := open(t, config)
	t.Log(format.FrameRate, notices)
	if format.FrameRate >= 240 || len(notices) != 1 || !strings.Contains(notices[0], "framerate 240 was asked for") {
		t.Errorf("Open at 240/s: got %v images/s, notices %q", format.FrameRate, notices)
	}
}

func TestVividIsBusyWhileAnotherStreams(t *testing.T) {
	virtual(t)
	first, _ := open(t, vivid("bgr8", 320, 180, 30))
	if err := run(t, first, func(*media.Image) bool {
		_, err := New(vivid("bgr8", 320, 180, 30)).Open(t.Context())
		t.Log(err)
		if !errors.Is(err, media.ErrBusy) {
			t.Errorf("second Open: got %v, want ErrBusy", err)
		}
		return false
	}); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, vivid("bgr8", 320, 180, 30))
}

func TestVividIsLostWhenUnpluggedAndComesBack(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	var unplugged time.Time
	images := 0
	err := run(t, source, func(*media.Image) bool {
		if images++; images == 10 {
			drive(t, "unbind", "vivid.0")
			unplugged = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(unplugged), err)
	if !errors.Is(err, media.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	_, err = source.Open(t.Context())
	t.Log(err)
	if !errors.Is(err, media.ErrAbsent) {
		t.Errorf("Open: got %v, want ErrAbsent", err)
	}
	drive(t, "bind", "vivid.0")
	bound := time.Now()
	for {
		_, err := source.Open(t.Context())
		if err == nil {
			break
		}
		if !errors.Is(err, media.ErrAbsent) || time.Since(bound) > time.Minute {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // until udev or devtmpfs has the node
	}
	if err := run(t, source, func(image *media.Image) bool {
		if image.Sequence > 5 {
			t.Errorf("sequence after Open: got %d", image.Sequence)
		}
		return image.Sequence < 5
	}); err != nil {
		t.Error(err)
	}
}

func TestVividIsLostWhenItStalls(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	defer setControl(t, "percentage_of_dropped_buffers=0")
	var stalled time.Time
	images := 0
	err := run(t, source, func(*media.Image) bool {
		if images++; images == 10 {
			setControl(t, "percentage_of_dropped_buffers=100")
			stalled = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(stalled), err)
	if !errors.Is(err, media.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	start := time.Now()
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("Close took %v", time.Since(start))
	setControl(t, "percentage_of_dropped_buffers=0")
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, source, func(image *media.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

func TestVividGivesWayToContextWhileItStalls(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	defer setControl(t, "percentage_of_dropped_buffers=0")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var canceled time.Time
	images := 0
	if err := source.Run(ctx, func(*media.Image) {
		if images++; images == 5 {
			setControl(t, "percentage_of_dropped_buffers=100")
			time.AfterFunc(700*time.Millisecond, func() {
				canceled = time.Now()
				cancel()
			})
		}
	}); err != nil {
		t.Errorf("Run: got %v, want nil", err)
	}
	ran := time.Since(canceled)
	start := time.Now()
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("Run ended after %v, Close took %v", ran, time.Since(start))
	// The device is free.
	setControl(t, "percentage_of_dropped_buffers=0")
	if _, err := source.Open(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestVividIsLostAtStreamingError(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	var failed time.Time
	images := 0
	err := run(t, source, func(*media.Image) bool {
		if images++; images == 5 {
			setControl(t, "inject_fatal_streaming_error=1")
			failed = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(failed), err)
	if !errors.Is(err, media.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	start := time.Now()
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("Close took %v", time.Since(start))
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, source, func(image *media.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

func TestVividIsLostWhenItDoesNotStart(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	setControl(t, "inject_vidioc_streamon_error=1")
	start := time.Now()
	err := run(t, source, func(*media.Image) bool { return true })
	t.Logf("after %v: %v", time.Since(start), err)
	if !errors.Is(err, media.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, source, func(image *media.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

func TestVividRunsWithoutGarbage(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("yuv422_yuy2", 320, 180, 60))
	const count = 150
	var before, after runtime.MemStats
	var oldest time.Duration
	var last uint64
	images := 0
	start := time.Now()
	if err := run(t, source, func(image *media.Image) bool {
		oldest = max(oldest, clock.Monotonic()-image.Stamp)
		last = image.Sequence
		if images == 1 {
			runtime.ReadMemStats(&before)
		}
		images++
		return images < count
	}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	allocs := after.Mallocs - before.Mallocs
	t.Logf("%d images in %v: %d lost, oldest %v, %d allocations", images, time.Since(start), int(last)+1-images, oldest, allocs)
	if allocs > count/10 {
		t.Errorf("allocations: got %v for %d images", allocs, count)
	}
}

// The driver connects itself again when all have closed it.
func TestVividIsLostWhenDisconnected(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	var failed time.Time
	images := 0
	err := run(t, source, func(*media.Image) bool {
		if images++; images == 5 {
			setControl(t, "disconnect=1")
			failed = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(failed), err)
	if !errors.Is(err, media.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, source, func(image *media.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

// Tests on a V4L2 device: Linux's own virtual camera, which may be unplugged. They
// run in the virtual machine of tools/devices.sh, and are skipped elsewhere. They
// need v4l2-ctl, and root.

package webcam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
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

// control sets a control of the device.
func control(t *testing.T, assignment string) {
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
	return Config{Device: "0", Width: width, Height: height, FrameRate: rate, PixelFormat: encoding}
}

// run runs a source until emit returns false.
func run(t *testing.T, source *Source, emit func(*acquire.Image) bool) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	return source.Run(ctx, func(image *acquire.Image) {
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
		source := New(config)
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
			source, format := open(t, config)
			if format.Width != test.width || format.Height != test.height || format.FrameRate != test.rate || format.Encoding != test.encoding {
				t.Fatalf("Open: got %+v", format)
			}
			count := min(20, int(test.rate)) // of a second at most
			var stamps []time.Duration
			var oldest time.Duration
			if err := run(t, source, func(image *acquire.Image) bool {
				age := acquire.Monotonic() - image.Stamp
				oldest = max(oldest, age)
				if age < 0 || len(stamps) > 0 && image.Stamp <= stamps[len(stamps)-1] {
					t.Errorf("stamp %v after %v, age %v", image.Stamp, stamps, age)
				}
				if image.Sequence != uint64(len(stamps)) || image.Width != test.width || image.Height != test.height ||
					image.Step != test.step || len(image.Data) != test.step*test.height || image.Encoding != test.encoding {
					t.Errorf("image: got %d: %dx%d, step %d, %d bytes, %s", image.Sequence, image.Width, image.Height, image.Step, len(image.Data), image.Encoding)
				}
				stamps = append(stamps, image.Stamp)
				return len(stamps) < count
			}); err != nil {
				t.Fatal(err)
			}
			period := (stamps[len(stamps)-1] - stamps[0]).Seconds() / float64(count-1)
			t.Logf("%v: %.2f images/s, oldest %v, %d retries", source.capture.plan.format, 1/period, oldest, source.Retries())
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
	control(t, "test_pattern=0,osd_text_mode=2")
	const width, height = 320, 180
	grab := func(encoding string) []byte {
		source, _ := open(t, vivid(encoding, width, height, 30))
		var pixels []byte
		if err := run(t, source, func(image *acquire.Image) bool {
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

func TestVividConvertsEveryFormat(t *testing.T) {
	virtual(t)
	control(t, "test_pattern=0,osd_text_mode=2")
	source := New(vivid("bgr8", 320, 180, 30))
	_, formats, err := inspect(vividNode)
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for _, name := range []string{"BGR3", "RGB3", "YUYV", "UYVY", "NV12", "NV21", "YU12", "YV12", "XR24", "AR24"} {
		// As if the device offered this one only.
		only := fourCC(name)
		source.formats = func(all []Format) []Format {
			for _, f := range all {
				if f.FourCC == only {
					return []Format{f}
				}
			}
			return nil
		}
		if len(source.formats(formats)) == 0 {
			t.Logf("%s: not offered", name)
			continue
		}
		if _, err := source.Open(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []byte
		if err := run(t, source, func(image *acquire.Image) bool {
			for bar := range 8 {
				i := 90*image.Step + 3*(bar*40+20)
				got = append(got, image.Data[i:i+3]...)
			}
			return false
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
		t.Logf("%s: %v", name, got)
		if want == nil {
			want = got
		}
		for i := range want {
			if d := int(got[i]) - int(want[i]); d < -8 || d > 8 {
				t.Errorf("%s: bar %d: got %v, want %v", name, i/3, got[i/3*3:i/3*3+3], want[i/3*3:i/3*3+3])
				break
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
		if !errors.Is(err, acquire.ErrUnsupported) || !strings.Contains(err.Error(), "320x180") {
			t.Errorf("Open %dx%d: got %v, want ErrUnsupported that lists 320x180", config.Width, config.Height, err)
		}
	}
	// A rate that it has not is no error, but said.
	config := vivid("yuv422_yuy2", 1920, 1080, 30)
	var notices []string
	config.Notice = func(text string) { notices = append(notices, text) }
	_, format := open(t, config)
	t.Log(format.FrameRate, notices)
	if format.FrameRate >= 30 || len(notices) != 1 || !strings.Contains(notices[0], "framerate") {
		t.Errorf("Open at 30/s: got %v images/s, notices %q", format.FrameRate, notices)
	}
}

func TestVividIsBusyWhileAnotherStreams(t *testing.T) {
	virtual(t)
	first, _ := open(t, vivid("bgr8", 320, 180, 30))
	if err := run(t, first, func(*acquire.Image) bool {
		_, err := New(vivid("bgr8", 320, 180, 30)).Open(t.Context())
		t.Log(err)
		if !errors.Is(err, acquire.ErrBusy) {
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
	err := run(t, source, func(*acquire.Image) bool {
		if images++; images == 10 {
			drive(t, "unbind", "vivid.0")
			unplugged = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(unplugged), err)
	if !errors.Is(err, acquire.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	_, err = source.Open(t.Context())
	t.Log(err)
	if !errors.Is(err, acquire.ErrAbsent) {
		t.Errorf("Open: got %v, want ErrAbsent", err)
	}
	drive(t, "bind", "vivid.0")
	for {
		_, err := source.Open(t.Context())
		if err == nil {
			break
		}
		if !errors.Is(err, acquire.ErrAbsent) {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // until udev or devtmpfs has the node
	}
	if err := run(t, source, func(image *acquire.Image) bool {
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
	defer control(t, "percentage_of_dropped_buffers=0")
	var stalled time.Time
	images := 0
	err := run(t, source, func(*acquire.Image) bool {
		if images++; images == 10 {
			control(t, "percentage_of_dropped_buffers=100")
			stalled = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(stalled), err)
	if !errors.Is(err, acquire.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	start := time.Now()
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	t.Logf("Close took %v", time.Since(start))
	control(t, "percentage_of_dropped_buffers=0")
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, source, func(image *acquire.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

func TestVividGivesWayToContextWhileItStalls(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	defer control(t, "percentage_of_dropped_buffers=0")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var canceled time.Time
	images := 0
	if err := source.Run(ctx, func(*acquire.Image) {
		if images++; images == 5 {
			control(t, "percentage_of_dropped_buffers=100")
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
	control(t, "percentage_of_dropped_buffers=0")
	if _, err := source.Open(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestVividIsLostAtStreamingError(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	var failed time.Time
	images := 0
	err := run(t, source, func(*acquire.Image) bool {
		if images++; images == 5 {
			control(t, "inject_fatal_streaming_error=1")
			failed = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(failed), err)
	if !errors.Is(err, acquire.ErrLost) {
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
	if err := run(t, source, func(image *acquire.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

func TestVividIsLostWhenItDoesNotStart(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("bgr8", 320, 180, 30))
	control(t, "inject_vidioc_streamon_error=1")
	start := time.Now()
	err := run(t, source, func(*acquire.Image) bool { return true })
	t.Logf("after %v: %v", time.Since(start), err)
	if !errors.Is(err, acquire.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, source, func(image *acquire.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

func TestVividRunsWithoutGarbage(t *testing.T) {
	virtual(t)
	source, _ := open(t, vivid("yuv422_yuy2", 320, 180, 60))
	const count = 150
	var before, after runtime.MemStats
	var position float64 // the driver's own stamp, which is exact to the period
	var oldest time.Duration
	images, lost := 0, 0
	start := time.Now()
	if err := run(t, source, func(image *acquire.Image) bool {
		oldest = max(oldest, acquire.Monotonic()-image.Stamp)
		if images > 0 {
			lost += int(math.Round((source.capture.position-position)*60/1000)) - 1
		}
		position = source.capture.position
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
	t.Logf("%d images in %v: %d lost, oldest %v, %d retries, %d allocations", images, time.Since(start), lost, oldest, source.Retries(), allocs)
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
	err := run(t, source, func(*acquire.Image) bool {
		if images++; images == 5 {
			control(t, "disconnect=1")
			failed = time.Now()
		}
		return true
	})
	t.Logf("%d images, then after %v: %v", images, time.Since(failed), err)
	if !errors.Is(err, acquire.ErrLost) {
		t.Errorf("Run: got %v, want ErrLost", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, source, func(image *acquire.Image) bool { return image.Sequence < 5 }); err != nil {
		t.Error(err)
	}
}

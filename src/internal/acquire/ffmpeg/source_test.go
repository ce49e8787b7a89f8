package ffmpeg

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

var pattern = []string{"-f", "lavfi", "-i", "testsrc2=size=322x240:rate=50"}

// filmOf writes a lossless file of so many images of the pattern.
func filmOf(t testing.TB, images int) string {
	path := filepath.Join(t.TempDir(), "video.mkv")
	ffmpegtest.Run(t, append(pattern, "-frames:v", strconv.Itoa(images), "-c:v", "ffv1", path)...)
	return path
}

// notices collects the notices of a source.
type notices struct {
	mu   sync.Mutex
	told []string
}

func (n *notices) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told = append(n.told, text)
}

func (n *notices) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.told)
}

// open opens a source and closes it at the test's end.
func open(t testing.TB, config Config) (acquire.VideoSource, media.VideoFormat) {
	t.Helper()
	return openSource(t, New(config))
}

// openSource opens a given source and closes it at the test's end.
func openSource(t testing.TB, unchecked *Source) (acquire.VideoSource, media.VideoFormat) {
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

// capture runs a source for so many images, or until it ends by itself.
func capture(t testing.TB, source acquire.VideoSource, count int, emit func(*media.Image)) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	images := 0
	return source.Run(ctx, func(image *media.Image) {
		if images == count {
			return
		}
		emit(image)
		if images++; images == count {
			cancel()
		}
	})
}

func TestImagesAreThoseOfTheInput(t *testing.T) {
	const count = 20
	for encoding, f := range pixelFormats {
		if encoding == media.JPEG {
			continue
		}
		want := ffmpegtest.Run(t, append(pattern, "-frames:v", strconv.Itoa(count), "-pix_fmt", f.name, "-f", "rawvideo", "-")...)
		source, format := open(t, Config{Args: pattern, PixelFormat: encoding})
		if want := (media.VideoFormat{Device: format.Device, Width: 322, Height: 240, FrameRate: 50, Encoding: encoding}); format != want {
			t.Errorf("%s: Open: got %+v, want %+v", encoding, format, want)
		}
		var got []byte
		if err := capture(t, source, count, func(image *media.Image) {
			if image.Width != 322 || image.Height != 240 || image.Step != 322*f.size || image.Encoding != encoding || image.Sequence != uint64(len(got)/len(image.Data)) {
				t.Errorf("%s: got %dx%d, step %d, %s, number %d", encoding, image.Width, image.Height, image.Step, image.Encoding, image.Sequence)
			}
			got = append(got, image.Data...)
		}); err != nil {
			t.Errorf("%s: %v", encoding, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes that differ from the %d of raw video", encoding, len(got), len(want))
		}
	}
}

func TestJpegComesUntouched(t *testing.T) {
	folder := t.TempDir()
	// A picture within the picture, as cameras put it there: its markers are no
	// limits of the image.
	thumbnail := ffmpegtest.Run(t, append(pattern, "-frames:v", "1", "-vf", "scale=32:24", "-c:v", "mjpeg", "-f", "mjpeg", "-")...)
	var want []byte
	for i := range 5 {
		plain := ffmpegtest.Run(t, append(pattern, "-ss", fmt.Sprint(float64(i)/50), "-frames:v", "1", "-c:v", "mjpeg", "-f", "mjpeg", "-")...)
		exif := append([]byte("Exif\x00\x00"), thumbnail...)
		segment := append([]byte{0xff, 0xe1, byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}, exif...)
		want = slices.Concat(want, plain[:2], segment, plain[2:])
	}
	path := filepath.Join(folder, "camera.mjpeg")
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	source, format := open(t, Config{Args: []string{"-f", "mjpeg", "-framerate", "100", "-i", path}, PixelFormat: media.JPEG})
	if format.Width != 322 || format.Height != 240 || format.Encoding != media.JPEG {
		t.Errorf("Open: got %+v", format)
	}
	var got []byte
	images := 0
	if err := source.Run(t.Context(), func(image *media.Image) {
		if image.Width != 322 || image.Height != 240 || image.Step != 0 || image.Encoding != media.JPEG {
			t.Errorf("image: got %dx%d, step %d, %s", image.Width, image.Height, image.Step, image.Encoding)
		}
		if !bytes.HasPrefix(image.Data, []byte{0xff, 0xd8}) || !bytes.HasSuffix(image.Data, []byte{0xff, 0xd9}) {
			t.Errorf("image %d is no whole JPEG", images)
		}
		got = append(got, image.Data...)
		images++
	}); !errors.Is(err, media.ErrEnd) {
		t.Errorf("Run: %v, want ErrEnd", err)
	}
	if images != 5 || !bytes.Equal(got, want) {
		t.Errorf("%d images, %d bytes: they differ from the %d of the file", images, len(got), len(want))
	}
}

func TestInputThatIsNoJpegIsRefused(t *testing.T) {
	_, err := New(Config{Args: pattern, PixelFormat: media.JPEG}).Open(t.Context())
	if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "pixel_format mjpeg") {
		t.Errorf("got %v, want ErrUnsupported that names the parameter", err)
	}
}

func TestInputThatIsNotLiveIsPlayedAtItsRate(t *testing.T) {
	for name, config := range map[string]Config{
		"lavfi": {Args: pattern, PixelFormat: "mono8"},
		"file":  {Device: filmOf(t, 30), PixelFormat: "mono8"},
	} {
		source, _ := open(t, config)
		var first, last time.Duration
		if err := capture(t, source, 30, func(image *media.Image) {
			if image.Sequence == 0 {
				first = image.Stamp
			} else if d := image.Stamp - first - time.Duration(image.Sequence)*20*time.Millisecond; (d < -time.Millisecond || d > time.Millisecond) && d < 500*time.Millisecond {
				t.Errorf("%s: stamp of image %d: off by %v", name, image.Sequence, d)
			}
			if image.Stamped != media.StampSchedule {
				t.Errorf("%s: image %d is stamped by %s", name, image.Sequence, image.Stamped)
			}
			if now := clock.Monotonic(); image.Stamp <= last || image.Stamp > now {
				t.Errorf("%s: image %d is stamped %v, after %v and now %v", name, image.Sequence, image.Stamp, last, now)
			}
			last = image.Stamp
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInputAtItsOwnPaceIsStampedOnArrival(t *testing.T) {
	source, _ := open(t, Config{Args: append([]string{"-re"}, pattern...), PixelFormat: "mono8"})
	var last time.Duration
	if err := capture(t, source, 20, func(image *media.Image) {
		if now := clock.Monotonic(); image.Stamp <= last || image.Stamp > now || image.Stamped != media.StampArrival {
			t.Errorf("image %d is stamped %v, after %v and now %v", image.Sequence, image.Stamp, last, now)
		}
		last = image.Stamp
	}); err != nil {
		t.Error(err)
	}
}

func TestFileEndsOrBeginsAgain(t *testing.T) {
	path := filmOf(t, 10)
	var told notices
	source, _ := open(t, Config{Device: path, PixelFormat: "mono8", Notice: told.add})
	count := 0
	if err := source.Run(t.Context(), func(*media.Image) { count++ }); !errors.Is(err, media.ErrEnd) || count != 10 {
		t.Errorf("%d images, then %v; want 10, then ErrEnd", count, err)
	}
	looped, _ := open(t, Config{Device: path, PixelFormat: "mono8", Loop: true, Notice: told.add})
	var images [][]byte
	var last time.Duration
	if err := capture(t, looped, 25, func(image *media.Image) {
		if image.Sequence != uint64(len(images)) || image.Stamp <= last {
			t.Errorf("image %d: number %d, stamped %v after %v", len(images), image.Sequence, image.Stamp, last)
		}
		images, last = append(images, bytes.Clone(image.Data)), image.Stamp
	}); err != nil {
		t.Error(err)
	}
	for i := range images {
		if !bytes.Equal(images[i], images[i%10]) {
			t.Errorf("image %d is not the %dth of the file", i, i%10)
		}
	}
	if told := told.all(); len(told) > 0 {
		t.Errorf("notices: %q", told)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.txt")
	if err := os.WriteFile(text, []byte("no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		config Config
		cause  error
		text   string
	}{
		{Config{Args: []string{"-i", "/nowhere/video.mkv"}}, media.ErrAbsent, "No such file or directory"},
		{Config{Args: []string{"-f", "v4l2", "-i", "/dev/video77"}}, media.ErrAbsent, "Cannot open video device /dev/video77"},
		{Config{Args: []string{"-f", "lavfi", "-i", "nosuch"}}, media.ErrMisconfigured, "'nosuch'"},
		{Config{Device: text}, media.ErrUnsupported, "Invalid data"},
		{Config{Args: []string{"testsrc2"}}, nil, "-i"},
		{Config{Args: append(pattern, "-c:v", "mjpeg", "-f", "mjpeg", "-")}, media.ErrUnsupported, `the output "-": leave it out`},
		{Config{Args: append(pattern, "-f", "mjpeg", "pipe:1")}, media.ErrUnsupported, `the output "pipe:1": leave it out`},
		{Config{Args: append(pattern, "-c:v", "copy", "-f", "mjpeg")}, media.ErrUnsupported, `"-f mjpeg" of the output: leave it out and set pixel_format`},
		{Config{Args: append(pattern, "-an", "-pix_fmt", "gray")}, media.ErrUnsupported, `"-pix_fmt gray" of the output`},
		{Config{}, nil, "video_device"},
		{Config{Args: pattern, PixelFormat: "yuv9"}, media.ErrUnsupported, "bgr8"},
		{Config{Args: pattern, program: "/nowhere/ffmpeg"}, nil, "no such file"},
		{Config{Args: pattern, program: "no-such-ffmpeg"}, nil, "apt install ffmpeg"},
		{Config{Device: "rtsp://robot:secret@127.0.0.1:9/live"}, media.ErrAbsent, "failed: Connection refused"},
		{Config{Device: "hdcam", Resolve: func(string) (string, error) { return "", media.ErrUnknownDevice }}, media.ErrUnknownDevice, "hdcam"},
	} {
		if test.config.PixelFormat == "" {
			test.config.PixelFormat = "bgr8"
		}
		var told notices
		test.config.Notice = told.add
		source := New(test.config)
		for range 2 { // as in the node, which tries again and says it once
			_, err := source.Open(t.Context())
			if err == nil {
				t.Fatalf("%q was opened", test.text)
			}
			if test.cause != nil && !errors.Is(err, test.cause) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %q, want %v with %q", err, test.cause, test.text)
			}
			if strings.Contains(err.Error(), "0x") || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %q: it says what it should not", err)
			}
		}
		if told := told.all(); len(told) > 0 {
			t.Errorf("%s: notices besides the error: %q", test.text, told)
		}
	}
}

// script writes a program that stands for ffmpeg.
func script(t testing.TB, text string) string {
	path := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// gone reports whether a process is gone.
func gone(pid int) bool { return errors.Is(unix.Kill(pid, 0), unix.ESRCH) }

// until waits for a condition.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func TestDeathOfFfmpegIsALostDevice(t *testing.T) {
	for name, run := range map[string]string{
		"killed": `ffmpeg "$@" & pid=$!; (until [ -e $seen ]; do sleep 0.02; done; kill -KILL $pid) & wait $pid`,
		// By itself: ffmpeg 7.0 goes on after SIGTERM.
		"ended": `ffmpeg -t 0.2 "$@"`,
	} {
		seen := filepath.Join(t.TempDir(), "seen") // an image has been
		source, _ := open(t, Config{Args: pattern, PixelFormat: "mono8", program: script(t,
			`echo "[v4l2 @ 0x55aa] [error] The cable is loose" >&2; seen=`+seen+`; `+run+`; exit 5`)})
		err := source.Run(t.Context(), func(image *media.Image) {
			if image.Sequence == 0 {
				if err := os.WriteFile(seen, nil, 0o600); err != nil {
					t.Error(err)
				}
			}
		})
		if !errors.Is(err, media.ErrLost) || !strings.Contains(err.Error(), "status 5: [v4l2] The cable is loose") {
			t.Errorf("%s: got %v, want ErrLost with the status and what was said", name, err)
		}
	}
	source := New(Config{Args: pattern, PixelFormat: "mono8"})
	checked, _ := openSource(t, source)
	err := checked.Run(t.Context(), func(*media.Image) { source.session.process.Signal(unix.SIGKILL) })
	if !errors.Is(err, media.ErrLost) || !strings.Contains(err.Error(), "killed") {
		t.Errorf("got %v, want ErrLost that says so", err)
	}
}

// TestUnplugHasOneText: ffmpeg's own messages about it, of which there are several, are neither
// in it nor beside it.
func TestUnplugHasOneText(t *testing.T) {
	// This behaves as ffmpeg does when its camera is unplugged after 5 images.
	camera := script(t, `ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -frames:v 5 -pix_fmt gray -c:v rawvideo -f nut -write_index 0 pipe:1
echo "[video4linux2,v4l2 @ 0x55aa] [error] ioctl(VIDIOC_DQBUF): No such device" >&2
echo "[error] /dev/video4: No such device" >&2
exit 1`)
	var told notices
	source, _ := open(t, Config{
		Device: "webcam", Resolve: func(string) (string, error) { return "/dev/video4", nil },
		Width: 320, Height: 180, FrameRate: 25, PixelFormat: "mono8", Notice: told.add, program: camera,
	})
	images := 0
	err := source.Run(t.Context(), func(*media.Image) { images++ })
	if want := `ffmpeg: "/dev/video4": unplugged after 5 images: device lost`; !errors.Is(err, media.ErrLost) || err.Error() != want || images != 5 {
		t.Errorf("after %d images: got %q, want %q", images, err, want)
	}
	for _, text := range told.all() {
		if strings.Contains(text, "No such device") {
			t.Errorf("told beside the error: %q", text)
		}
	}
}

func TestSilenceIsALostDevice(t *testing.T) {
	source := New(Config{Args: pattern, PixelFormat: "mono8", stall: 200 * time.Millisecond})
	checked, _ := openSource(t, source)
	err := checked.Run(t.Context(), func(image *media.Image) {
		if image.Sequence == 10 {
			source.session.process.Signal(unix.SIGSTOP)
		}
	})
	if !errors.Is(err, media.ErrLost) || !strings.Contains(err.Error(), "gives no more") {
		t.Errorf("got %v, want ErrLost", err)
	}
}

func TestCancelEndsRunAtOnceAndCloseEndsAllProcesses(t *testing.T) {
	folder := t.TempDir()
	source := New(Config{Args: pattern, PixelFormat: "mono8", program: script(t,
		`trap "" TERM; sleep 1000 & echo $! >`+folder+`/child; ffmpeg "$@"; sleep 1000`)})
	checked := acquire.Check(source)
	if _, err := checked.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	pid := source.session.process.PID()
	text, err := os.ReadFile(filepath.Join(folder, "child"))
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || gone(child) {
		t.Fatalf("child %d, %v", child, err)
	}
	if err := capture(t, checked, 5, func(*media.Image) {}); err != nil {
		t.Error(err)
	}
	if err := checked.Close(); err != nil {
		t.Error(err)
	}
	if err := checked.Close(); err != nil { // any number of times
		t.Error(err)
	}
	if !gone(pid) {
		t.Error("ffmpeg is still there")
	}
	until(t, "what ffmpeg had started is gone", func() bool {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
		return err != nil || bytes.Contains(state, []byte(") Z ")) // its parent is whoever adopts orphans here
	})
}

func TestNothingIsSaidOfAnEndThatWasAskedFor(t *testing.T) {
	var told notices
	source := acquire.Check(New(Config{Args: []string{"-f", "lavfi", "-i", "testsrc2=size=640x480:rate=1000"}, PixelFormat: "bgr8", Notice: told.add}))
	for range 5 {
		if _, err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := capture(t, source, 5, func(*media.Image) {}); err != nil {
			t.Error(err)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
	if all := told.all(); len(all) > 0 {
		t.Errorf("got %q", all)
	}
}

func TestCancelEndsOpen(t *testing.T) {
	for what, program := range map[string]string{
		"no image yet":                     "exec sleep 1000",
		"an output that is closed already": "exec sleep 1000 >&-",
	} {
		ctx, cancel := context.WithCancel(t.Context())
		timer := time.AfterFunc(300*time.Millisecond, cancel)
		_, err := New(Config{Args: pattern, PixelFormat: "mono8", program: script(t, program)}).Open(ctx)
		timer.Stop()
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

func TestFfmpegEndsWithUs(t *testing.T) {
	command := exec.Command("/proc/self/exe")
	// An ffmpeg that goes on when its pipe has no reader.
	command.Env = append(os.Environ(), orphaning+"="+script(t, `ffmpeg "$@"; exec sleep 1000`))
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || gone(pid) {
		t.Fatalf("process %q: %v", line, err)
	}
	if err := command.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // killed
	until(t, "ffmpeg is gone", func() bool {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || bytes.Contains(state, []byte(") Z "))
	})
}

func TestOpeningAgainAndAgainLeaksNothing(t *testing.T) {
	source := acquire.Check(New(Config{Args: pattern, PixelFormat: "mono8"}))
	once := func() {
		if _, err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := capture(t, source, 2, func(*media.Image) {}); err != nil {
			t.Error(err)
		}
		if err := source.Close(); err != nil {
			t.Fatal(err)
		}
	}
	count := func(folder string) int {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	maps := func() int {
		text, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(text, []byte("\n"))
	}
	for range 5 {
		once()
	}
	files, threads, mappings := count("/proc/self/fd"), count("/proc/self/task"), maps()
	for range 20 {
		once()
	}
	if got := count("/proc/self/fd"); got > files {
		t.Errorf("%d files are open, %d were before", got, files)
	}
	if got := count("/proc/self/task"); got > threads+3 { // Go keeps some
		t.Errorf("%d threads, %d were before", got, threads)
	}
	if got := maps(); got > mappings+10 {
		t.Errorf("%d mappings, %d were before", got, mappings)
	}
}

func TestRunAllocatesNothingPerImage(t *testing.T) {
	source, _ := open(t, Config{Args: []string{"-f", "lavfi", "-i", "testsrc2=size=64x48:rate=1000"}, PixelFormat: "bgr8"})
	next := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- source.Run(ctx, func(*media.Image) {
			select {
			case next <- struct{}{}:
			case <-ctx.Done():
			}
		})
	}()
	for range 50 {
		<-next
	}
	if got := testing.AllocsPerRun(500, func() { <-next }); got >= 1 {
		t.Errorf("%v allocations per image", got)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestArgumentsForADevice(t *testing.T) {
	config := Config{
		Device: "HD Webcam", Resolve: func(string) (string, error) { return "/dev/video4", nil },
		Width: 1280, Height: 720, FrameRate: 7.5, PixelFormat: "yuv422_yuy2",
	}
	in, err := config.resolve()
	if err != nil {
		t.Fatal(err)
	}
	want := "-nostdin -hide_banner -nostats -loglevel level+warning -copyts -err_detect explode -f v4l2 -input_format yuyv422 -framerate 7.5 -video_size 1280x720 -max_pixels 89478485 -i /dev/video4" +
		" -map 0:v:0 -c:v rawvideo -pix_fmt yuyv422 -enc_time_base 1:1000000 -f nut -write_index 0 pipe:1"
	if got := strings.Join(config.arguments(in), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if in.paced || in.ends || !in.device {
		t.Errorf("got %+v, want a live device", in)
	}
}

func TestADeviceThatGivesSomethingElseIsToldOf(t *testing.T) {
	// This behaves like a driver with a single size and rate.
	driver := script(t, `exec ffmpeg -v error -f lavfi -i testsrc2=size=320x180:rate=25 -pix_fmt gray -c:v rawvideo -f nut -write_index 0 pipe:1`)
	var told notices
	config := Config{
		Device: "webcam", Resolve: func(string) (string, error) { return "/dev/video4", nil },
		Offers: func(path string) string { return path + " has 320x180" },
		Width:  320, Height: 180, FrameRate: 30, PixelFormat: "mono8", Notice: told.add, program: driver,
	}
	_, format := open(t, config)
	if format.Width != 320 || format.FrameRate != 25 {
		t.Errorf("Open: got %+v", format)
	}
	if want := "framerate 30 was asked for, the device gives 25 images/s"; len(told.all()) != 1 || !strings.Contains(told.all()[0], want) {
		t.Errorf("told %q, want %q", told.all(), want)
	}
	config.Width, config.Height = 341, 181
	_, err := New(config).Open(t.Context())
	if want := "341x181 is refused, the device gives 320x180; it offers /dev/video4 has 320x180"; !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestImagesOfAFasterDeviceAreDroppedEvenly(t *testing.T) {
	// As a driver that has one rate, and loses image 60. The pixel in the corner is
	// the image's number. Stamps are on the monotonic clock, which the shell does not
	// have: /proc/uptime goes on while a machine sleeps. They begin before ffmpeg
	// does, and it never gives an image ahead of its time, so that none is in the
	// future.
	driver := script(t, `now=$(python3 -c 'import time; print(time.monotonic())')
exec ffmpeg -v error -f lavfi -i "color=size=64x48:rate=50,format=gray,geq=lum='mod(N,256)',select='not(eq(n,60))'" -vf realtime -pix_fmt gray -c:v rawvideo -enc_time_base 1:1000000 -output_ts_offset $now -f nut -write_index 0 pipe:1`)
	var told notices
	source, format := open(t, Config{
		Device: "webcam", Resolve: func(string) (string, error) { return "/dev/null", nil },
		FrameRate: 20, PixelFormat: "mono8", Notice: told.add, program: driver,
	})
	if format.FrameRate != 20 {
		t.Errorf("Open: got %+v, want 20 images/s", format)
	}
	var numbers []int
	var lost uint64
	if err := capture(t, source, 41, func(image *media.Image) {
		if image.Stamped != media.StampDriver {
			t.Errorf("image %d is stamped by %s: %q", len(numbers), image.Stamped, told.all())
		}
		lost = image.Sequence - uint64(len(numbers))
		numbers = append(numbers, int(image.Data[0]))
	}); err != nil {
		t.Fatal(err)
	}
	for i, number := range numbers {
		if off := float64(number-numbers[0]) - float64(i)*50/20; off < -1.1 || off > 1.1 {
			t.Errorf("image %d of 20/s is image %d of 50/s: %v", i, number, numbers)
			break
		}
	}
	if lost != 1 {
		t.Errorf("%d images counted as lost, want 1, and none that is not wanted", lost)
	}
	for _, text := range told.all() {
		if strings.Contains(text, "framerate") {
			t.Errorf("told %q", text)
		}
	}
}

func TestOutputsOfTheUsersOwnAreLeftAlone(t *testing.T) {
	video := filepath.Join(t.TempDir(), "video.mkv")
	source, _ := open(t, Config{
		Args:        append(pattern, "-an", "-c:v", "ffv1", "-f", "matroska", "-y", video, "-vf", "hflip"),
		PixelFormat: "bgr8",
	})
	if err := capture(t, source, 3, func(*media.Image) {}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(video); err != nil {
		t.Errorf("the file: %v", err)
	}
}

func TestWhatIsRecordedIsKnown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "video.mkv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]bool{
		"-f lavfi -i testsrc2":                  true,
		"-i " + file:                            true,
		"-f v4l2 -i " + file:                    false,
		"-i /dev/video0":                        false,
		"-i rtsp://camera/":                     false,
		"-i http://host/x.mp4":                  true,
		"-f lavfi -i testsrc2 -f x11grab -i :0": false,
		"-i image_%03d.png":                     true,
	} {
		if got := (Config{Args: strings.Fields(args)}).recorded(); got != want {
			t.Errorf("%s: got %v, want %v", args, got, want)
		}
	}
}

// A header of some bytes may ask for gigabytes, in ffmpeg's process.
func TestHeadersInsideAVideoTakeNoMemory(t *testing.T) {
	// The peak of a process includes that of the one it was before exec: this one, after
	// all other tests. So the test runs in a process of its own.
	const alone = "AV_CAPTURE_TEST_ALONE"
	if os.Getenv(alone) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), alone+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
			t.Errorf("%v:\n%s", err, out)
		}
		return
	}
	for _, size := range [][2]int{{16000, 16000}, {9460, 9460}} {
		path := ffmpegtest.Inflated(t, size[0], size[1])
		for name, config := range map[string]Config{
			"by its name":    {Device: path, PixelFormat: "bgr8"},
			"by ffmpeg_args": {Args: []string{"-i", path}, PixelFormat: "bgr8"},
		} {
			config.Notice = func(string) {}
			source := New(config)
			checked, _ := openSource(t, source)
			process := source.session.process
			images := 0
			err := capture(t, checked, 100, func(image *media.Image) {
				images++
				if image.Width != 64 || image.Height != 64 {
					t.Errorf("%s: an image of %dx%d", name, image.Width, image.Height)
				}
			})
			if images != 3 || !errors.Is(err, media.ErrEnd) {
				t.Errorf("%s, %v: %d images and %v, want 3 and the end of the video", name, size, images, err)
			}
			<-process.Done()
			if taken := process.State().SysUsage().(*syscall.Rusage).Maxrss; taken > 150<<10 {
				t.Errorf("%s, %v: ffmpeg has taken %d MB", name, size, taken>>10)
			}
		}
	}
}

func TestTheOwnersLimitOfFFmpegStays(t *testing.T) {
	own := []string{"-max_pixels", "123", "-i", "a", "-i", "b"}
	if got := limited(own); !slices.Equal(got, own) {
		t.Errorf("got %q", got)
	}
	n := strconv.Itoa(media.MaxPixels)
	if got, want := limited([]string{"-f", "v4l2", "-i", "-i", "-i", "b"}), []string{"-f", "v4l2", "-max_pixels", n, "-i", "-i", "-max_pixels", n, "-i", "b"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSizesOfAStreamAreJudged(t *testing.T) {
	source := New(Config{Args: []string{"-f", "lavfi", "-i", "color=size=16386x16:rate=25"}, PixelFormat: "mono8"})
	if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "16386x16") {
		t.Errorf("%v, want a refusal of the size", err)
	}
	// Containers without a rate declare that of their clock.
	_, format := open(t, Config{Args: []string{"-f", "lavfi", "-r", "90000", "-i", "color=size=16x16:rate=25"}, PixelFormat: "mono8"})
	if format.FrameRate > media.MaxFrameRate {
		t.Errorf("%v images/s", format.FrameRate)
	}
}

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
)

var pattern = []string{"-f", "lavfi", "-i", "testsrc2=size=322x240:rate=50"}

// record writes a lossless file of so many images of the pattern.
func record(t testing.TB, images int) string {
	path := filepath.Join(t.TempDir(), "film.mkv")
	ffmpegtest.Run(t, append(pattern, "-frames:v", strconv.Itoa(images), "-c:v", "ffv1", path)...)
	return path
}

// notices collects what a source tells.
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
func open(t testing.TB, config Config) (*Source, acquire.VideoFormat) {
	t.Helper()
	source := New(config)
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
func capture(t testing.TB, source *Source, count int, emit func(*acquire.Image)) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	images := 0
	return source.Run(ctx, func(image *acquire.Image) {
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
		if encoding == acquire.JPEG {
			continue
		}
		want := ffmpegtest.Run(t, append(pattern, "-frames:v", strconv.Itoa(count), "-pix_fmt", f.name, "-f", "rawvideo", "-")...)
		source, format := open(t, Config{Args: pattern, PixelFormat: encoding})
		if want := (acquire.VideoFormat{Device: format.Device, Width: 322, Height: 240, FrameRate: 50, Encoding: encoding}); format != want {
			t.Errorf("%s: Open: got %+v, want %+v", encoding, format, want)
		}
		var got []byte
		if err := capture(t, source, count, func(image *acquire.Image) {
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
	source, format := open(t, Config{Args: []string{"-f", "mjpeg", "-framerate", "100", "-i", path}, PixelFormat: acquire.JPEG})
	if format.Width != 322 || format.Height != 240 || format.Encoding != acquire.JPEG {
		t.Errorf("Open: got %+v", format)
	}
	var got []byte
	images := 0
	if err := source.Run(t.Context(), func(image *acquire.Image) {
		if image.Width != 322 || image.Height != 240 || image.Step != 0 || image.Encoding != acquire.JPEG {
			t.Errorf("image: got %dx%d, step %d, %s", image.Width, image.Height, image.Step, image.Encoding)
		}
		if !bytes.HasPrefix(image.Data, []byte{0xff, 0xd8}) || !bytes.HasSuffix(image.Data, []byte{0xff, 0xd9}) {
			t.Errorf("image %d is no whole JPEG", images)
		}
		got = append(got, image.Data...)
		images++
	}); !errors.Is(err, acquire.ErrEnd) {
		t.Errorf("Run: %v, want ErrEnd", err)
	}
	if images != 5 || !bytes.Equal(got, want) {
		t.Errorf("%d images, %d bytes: they differ from the %d of the file", images, len(got), len(want))
	}
}

func TestInputThatIsNoJpegIsRefused(t *testing.T) {
	_, err := New(Config{Args: pattern, PixelFormat: acquire.JPEG}).Open(t.Context())
	if !errors.Is(err, acquire.ErrUnsupported) || !strings.Contains(err.Error(), "pixel_format mjpeg") {
		t.Errorf("got %v, want ErrUnsupported that names the parameter", err)
	}
}

func TestInputThatIsNotLiveIsPlayedAtItsRate(t *testing.T) {
	for name, config := range map[string]Config{
		"lavfi": {Args: pattern, PixelFormat: "mono8"},
		"file":  {Device: record(t, 30), PixelFormat: "mono8"},
	} {
		source, _ := open(t, config)
		var first, last time.Duration
		if err := capture(t, source, 30, func(image *acquire.Image) {
			if image.Sequence == 0 {
				first = image.Stamp
			} else if d := image.Stamp - first - time.Duration(image.Sequence)*20*time.Millisecond; (d < -time.Millisecond || d > time.Millisecond) && d < 500*time.Millisecond {
				t.Errorf("%s: stamp of image %d: off by %v", name, image.Sequence, d)
			}
			if image.Stamped != acquire.StampSchedule {
				t.Errorf("%s: image %d is stamped by %s", name, image.Sequence, image.Stamped)
			}
			if now := acquire.Monotonic(); image.Stamp <= last || image.Stamp > now {
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
	if err := capture(t, source, 20, func(image *acquire.Image) {
		if now := acquire.Monotonic(); image.Stamp <= last || image.Stamp > now || image.Stamped != acquire.StampArrival {
			t.Errorf("image %d is stamped %v, after %v and now %v", image.Sequence, image.Stamp, last, now)
		}
		last = image.Stamp
	}); err != nil {
		t.Error(err)
	}
}

func TestFileEndsOrBeginsAgain(t *testing.T) {
	path := record(t, 10)
	var told notices
	source, _ := open(t, Config{Device: path, PixelFormat: "mono8", Notice: told.add})
	count := 0
	if err := source.Run(t.Context(), func(*acquire.Image) { count++ }); !errors.Is(err, acquire.ErrEnd) || count != 10 {
		t.Errorf("%d images, then %v; want 10, then ErrEnd", count, err)
	}
	looped, _ := open(t, Config{Device: path, PixelFormat: "mono8", Loop: true, Notice: told.add})
	var images [][]byte
	var last time.Duration
	if err := capture(t, looped, 25, func(image *acquire.Image) {
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
		{Config{Args: []string{"-i", "/nowhere/film.mkv"}}, acquire.ErrAbsent, "/nowhere/film.mkv: No such file or directory"},
		{Config{Args: []string{"-f", "v4l2", "-i", "/dev/video77"}}, acquire.ErrAbsent, "Cannot open video device /dev/video77"},
		{Config{Args: []string{"-bogus", "1", "-i", "x"}}, acquire.ErrUnsupported, "Unrecognized option 'bogus'"},
		{Config{Args: []string{"-f", "nosuch", "-i", "x"}}, acquire.ErrUnsupported, "nosuch"},
		{Config{Args: []string{"-f", "lavfi", "-i", "nosuch"}}, acquire.ErrUnsupported, "No such filter"},
		{Config{Args: []string{"-f", "lavfi", "-i", "sine"}}, acquire.ErrUnsupported, "no streams"},
		{Config{Device: text}, acquire.ErrUnsupported, "Invalid data"},
		{Config{Args: []string{"testsrc2"}}, nil, "-i"},
		{Config{Args: append(pattern, "-c:v", "mjpeg", "-f", "mjpeg", "-")}, acquire.ErrUnsupported, `the output "-": leave it out`},
		{Config{Args: append(pattern, "-f", "mjpeg", "pipe:1")}, acquire.ErrUnsupported, `the output "pipe:1": leave it out`},
		{Config{Args: append(pattern, "-c:v", "copy", "-f", "mjpeg")}, acquire.ErrUnsupported, `"-f mjpeg" of the output: leave it out and set pixel_format`},
		{Config{Args: append(pattern, "-an", "-pix_fmt", "gray")}, acquire.ErrUnsupported, `"-pix_fmt gray" of the output`},
		{Config{}, nil, "video_device"},
		{Config{Args: pattern, PixelFormat: "yuv9"}, acquire.ErrUnsupported, "bgr8"},
		{Config{Args: pattern, program: "/nowhere/ffmpeg"}, nil, "no such file"},
		{Config{Args: pattern, program: "no-such-ffmpeg"}, nil, "apt install ffmpeg"},
		{Config{Device: "rtsp://robot:secret@127.0.0.1:9/live"}, acquire.ErrAbsent, "robot:xxxxx@127.0.0.1:9/live: Connection refused"},
		{Config{Device: "hdcam", Resolve: func(string) (string, error) { return "", acquire.ErrUnknownDevice }}, acquire.ErrUnknownDevice, "hdcam"},
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

// gone says whether there is no such process any more.
func gone(pid int) bool { return errors.Is(unix.Kill(pid, 0), unix.ESRCH) }

// until waits for a condition.
func until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

func TestDeathOfFfmpegIsALostDevice(t *testing.T) {
	for name, end := range map[string]string{"killed": "kill -KILL $pid", "ended": "kill -TERM $pid"} {
		seen := filepath.Join(t.TempDir(), "seen") // an image has been
		source, _ := open(t, Config{Args: pattern, PixelFormat: "mono8", program: script(t,
			`echo "[v4l2 @ 0x55aa] [error] The cable is loose" >&2; ffmpeg "$@" & pid=$!; (until [ -e `+seen+` ]; do sleep 0.02; done; `+end+`) & wait $pid; exit 5`)})
		err := source.Run(t.Context(), func(image *acquire.Image) {
			if image.Sequence == 0 {
				if err := os.WriteFile(seen, nil, 0o600); err != nil {
					t.Error(err)
				}
			}
		})
		if !errors.Is(err, acquire.ErrLost) || !strings.Contains(err.Error(), "status 5: [v4l2] The cable is loose") {
			t.Errorf("%s: got %v, want ErrLost with the status and what was said", name, err)
		}
	}
	source, _ := open(t, Config{Args: pattern, PixelFormat: "mono8"})
	err := source.Run(t.Context(), func(*acquire.Image) { source.run.process.signal(unix.SIGKILL) })
	if !errors.Is(err, acquire.ErrLost) || !strings.Contains(err.Error(), "killed") {
		t.Errorf("got %v, want ErrLost that says so", err)
	}
}

func TestSilenceIsALostDevice(t *testing.T) {
	source, _ := open(t, Config{Args: pattern, PixelFormat: "mono8", stall: 200 * time.Millisecond})
	err := source.Run(t.Context(), func(image *acquire.Image) {
		if image.Sequence == 10 {
			source.run.process.signal(unix.SIGSTOP)
		}
	})
	if !errors.Is(err, acquire.ErrLost) || !strings.Contains(err.Error(), "gives no more") {
		t.Errorf("got %v, want ErrLost", err)
	}
}

func TestCancelEndsRunAtOnceAndCloseEndsAllProcesses(t *testing.T) {
	folder := t.TempDir()
	source := New(Config{Args: pattern, PixelFormat: "mono8", program: script(t,
		`trap "" TERM; sleep 1000 & echo $! >`+folder+`/child; ffmpeg "$@"; sleep 1000`)})
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	pid := source.run.process.pid
	text, err := os.ReadFile(filepath.Join(folder, "child"))
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || gone(child) {
		t.Fatalf("child %d, %v", child, err)
	}
	if err := capture(t, source, 5, func(*acquire.Image) {}); err != nil {
		t.Error(err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	if err := source.Close(); err != nil { // any number of times
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
	source := New(Config{Args: []string{"-f", "lavfi", "-i", "testsrc2=size=640x480:rate=1000"}, PixelFormat: "bgr8", Notice: told.add})
	for range 5 {
		if _, err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := capture(t, source, 5, func(*acquire.Image) {}); err != nil {
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
	ctx, cancel := context.WithCancel(t.Context())
	timer := time.AfterFunc(300*time.Millisecond, cancel)
	defer timer.Stop()
	_, err := New(Config{Args: pattern, PixelFormat: "mono8", program: script(t, "exec sleep 1000")}).Open(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestFfmpegEndsWithUs(t *testing.T) {
	command := exec.Command("/proc/self/exe")
	// One that does not end because nobody reads what it writes.
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
	source := New(Config{Args: pattern, PixelFormat: "mono8"})
	once := func() {
		if _, err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := capture(t, source, 2, func(*acquire.Image) {}); err != nil {
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
		done <- source.Run(ctx, func(*acquire.Image) {
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
	want := "-nostdin -hide_banner -nostats -loglevel level+warning -copyts -f v4l2 -input_format yuyv422 -framerate 7.5 -video_size 1280x720 -i /dev/video4" +
		" -map 0:v:0 -c:v rawvideo -pix_fmt yuyv422 -enc_time_base -1 -f nut -write_index 0 pipe:1"
	if got := strings.Join(config.arguments(in), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if in.paced || in.ends || !in.node {
		t.Errorf("got %+v, want a live device", in)
	}
}

func TestADeviceThatGivesSomethingElseIsToldOf(t *testing.T) {
	// As a driver that has one size and one rate, whatever it is asked for.
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
	if want := "341x181 is refused, the device gives 320x180; it offers /dev/video4 has 320x180"; !errors.Is(err, acquire.ErrUnsupported) || !strings.Contains(err.Error(), want) {
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
exec ffmpeg -v error -f lavfi -i "color=size=64x48:rate=50,format=gray,geq=lum='mod(N,256)',select='not(eq(n,60))'" -vf "realtime,settb=AVTB,setpts=PTS+$now/TB" -pix_fmt gray -c:v rawvideo -enc_time_base 1:1000000 -f nut -write_index 0 pipe:1`)
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
	if err := capture(t, source, 41, func(image *acquire.Image) {
		if image.Stamped != acquire.StampDriver {
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
	film := filepath.Join(t.TempDir(), "film.mkv")
	source, _ := open(t, Config{
		Args:        append(pattern, "-an", "-c:v", "ffv1", "-f", "matroska", "-y", film, "-vf", "hflip"),
		PixelFormat: "bgr8",
	})
	if err := capture(t, source, 3, func(*acquire.Image) {}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(film); err != nil {
		t.Errorf("the file: %v", err)
	}
}

func TestWhatIsRecordedIsKnown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "film.mkv")
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

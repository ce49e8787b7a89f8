package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// gate holds sources that have been lost so often, until all of them have arrived and the
// test has measured.
type gate struct {
	losses  int64
	arrived chan string   // name of each source at the gate
	open    chan struct{} // closed when they may go on
	lost    chan struct{} // receives every loss
}

func newGate(losses int64) *gate {
	return &gate{losses: losses, arrived: make(chan string, 10), open: make(chan struct{}), lost: make(chan struct{}, 1)}
}

// pass waits, if it is the gate for so many losses.
func (g *gate) pass(ctx context.Context, name string, losses int64) {
	select {
	case g.lost <- struct{}{}:
	default:
	}
	if losses != g.losses {
		return
	}
	g.arrived <- name
	select {
	case <-g.open:
	case <-ctx.Done():
	}
}

// meet waits until every source is at the gate, as long as sources are lost.
func (g *gate) meet(t *testing.T, sources int) {
	t.Helper()
	var there []string
	for len(there) < sources {
		select {
		case name := <-g.arrived:
			there = append(there, name)
		case <-g.lost:
		case <-time.After(time.Minute):
			t.Fatalf("only %q have been lost %d times", there, g.losses)
		}
	}
}

// losing is a source that is lost with its second image, or at its end: by itself,
// or because lose makes it so. It counts its losses, and is closed at the gates.
type losing struct {
	acquire.VideoSource
	name   string
	lose   func() // may be nil
	gates  []*gate
	losses int64
}

func (l *losing) Open(ctx context.Context) (media.VideoFormat, error) {
	for _, g := range l.gates {
		g.pass(ctx, l.name, l.losses)
	}
	return l.VideoSource.Open(ctx)
}

// Patience lets Open wait at a gate for as long as the slowest of the others takes.
func (l *losing) Patience() acquire.Patience {
	return acquire.Patience{Open: time.Hour, Cure: "let it through"}
}

func (l *losing) Run(ctx context.Context, emit func(*media.Image)) error {
	images := 0
	err := l.VideoSource.Run(ctx, func(img *media.Image) {
		emit(img)
		if images++; images == 2 && l.lose != nil {
			l.lose()
		}
	})
	if errors.Is(err, media.ErrEnd) {
		err = media.ErrLost // so that it is opened again
	}
	if errors.Is(err, media.ErrLost) {
		l.losses++
	}
	return err
}

// looping is a video of two images that begins again by itself, and is open at the
// gates.
type looping struct {
	acquire.VideoSource
	name  string
	gates []*gate
}

func (l *looping) Run(ctx context.Context, emit func(*media.Image)) error {
	images := int64(0)
	return l.VideoSource.Run(ctx, func(img *media.Image) {
		emit(img)
		if images++; images%2 == 0 {
			for _, g := range l.gates {
				g.pass(ctx, l.name, images/2)
			}
		}
	})
}

// unplugged is a device like V4L2's: the node watches its controls until it is lost.
type unplugged struct {
	file  *os.File
	image media.Image
}

func (u *unplugged) Open(context.Context) (_ media.VideoFormat, err error) {
	u.file, err = os.Open(os.DevNull)
	u.image = media.Image{Data: make([]byte, 320*240), Width: 320, Height: 240, Step: 320, Encoding: "mono8"}
	return media.VideoFormat{Device: "unplugged", Width: 320, Height: 240, Encoding: "mono8"}, err
}

func (u *unplugged) Run(_ context.Context, emit func(*media.Image)) error {
	for range 2 {
		u.image.Stamp = clock.Monotonic()
		emit(&u.image)
		u.image.Sequence++
	}
	return media.ErrLost
}

func (u *unplugged) Close() error { return u.file.Close() }

func (u *unplugged) Controls() ([]media.Control, error) {
	return []media.Control{{Name: "brightness", Label: "Brightness", Max: 255, Step: 1}}, nil
}

func (u *unplugged) OtherControls() []string { return nil }

func (u *unplugged) SetControl(string, media.ControlValue) error { return nil }

func (u *unplugged) WatchControls(ctx context.Context, _ func()) error {
	<-ctx.Done()
	return ctx.Err()
}

// video writes a lossless video of two images, 20 ms apart.
func video(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "video.mkv")
	ffmpegtest.Run(t, "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=50", "-frames:v", "2", "-c:v", "ffv1", path)
	return path
}

// kill ends the process whose command line has a word, and that we have started.
func kill(t *testing.T, word string) {
	threads, _ := filepath.Glob("/proc/self/task/*/children")
	for _, thread := range threads {
		children, _ := os.ReadFile(thread) // the thread may have ended
		for _, child := range bytes.Fields(children) {
			line, _ := os.ReadFile(fmt.Sprintf("/proc/%s/cmdline", child))
			if pid, err := strconv.Atoi(string(child)); err == nil && bytes.Contains(line, []byte(word)) {
				if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
					t.Error(err)
				}
				return
			}
		}
	}
	t.Errorf("there is no process with %q", word)
}

// A hundred losses of each kind of source leave nothing behind: a file that ends
// and is opened again, one that begins again by itself, ffmpeg killed, a device
// unplugged. (A real driver's: TestVividUnplugged… in package v4l2.) Each file is another
// one: sources of the same film would wait for each other.
func TestAHundredLossesLeaveNothing(t *testing.T) {
	const warmUp, count = 10, 100
	t.Setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
	t.Setenv("ROS_DOMAIN_ID", "55")
	first, last := newGate(warmUp), newGate(warmUp+count)
	gates := []*gate{first, last}
	cameras := []struct {
		name       string
		parameters map[string]param.Value
		wrap       func(acquire.VideoSource) acquire.VideoSource
	}{
		{"file", map[string]param.Value{"source": param.String("file"), "video_device": param.String(video(t))},
			func(s acquire.VideoSource) acquire.VideoSource {
				return &losing{VideoSource: s, name: "file", gates: gates}
			}},
		{"loop", map[string]param.Value{"source": param.String("file"), "video_device": param.String(video(t)), "loop": param.Bool(true)},
			func(s acquire.VideoSource) acquire.VideoSource { return &looping{s, "loop", gates} }},
		{"ffmpeg", map[string]param.Value{"source": param.String("ffmpeg"), "ffmpeg_args": param.Strings("-f", "lavfi", "-i", "testsrc2=size=322x240:rate=50")},
			func(s acquire.VideoSource) acquire.VideoSource {
				return &losing{VideoSource: s, name: "ffmpeg", gates: gates, lose: func() { kill(t, "322x240") }}
			}},
		{"device", nil, func(acquire.VideoSource) acquire.VideoSource {
			return &losing{VideoSource: new(unplugged), name: "device", gates: gates}
		}},
	}
	parent, err := rclgo.NewContext(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	var nodes []*camera.Node
	defer func() {
		cancel()
		running.Wait()
		for _, camera := range nodes {
			err = errors.Join(err, camera.Close())
		}
		if err := errors.Join(err, parent.Close()); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range cameras {
		section := param.Section{Node: "/" + c.name}
		for name, value := range c.parameters {
			section.Parameters = append(section.Parameters, param.Override{Name: name, Value: value})
		}
		camera, err := camera.New(parent, node.Options{
			Name: c.name, Overrides: &param.Overrides{Sections: []param.Section{section}},
		}, func(config camera.Config, notice func(string)) (acquire.VideoSource, error) {
			source, err := openCamera(config, notice)
			return c.wrap(source), err
		})
		if err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, camera)
		running.Add(1)
		go func() {
			defer running.Done()
			if err := camera.Run(ctx); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}()
	}
	first.meet(t, len(cameras))
	before := leaktest.Measure(t)
	close(first.open)
	last.meet(t, len(cameras))
	after := leaktest.Measure(t)
	close(last.open)
	t.Logf("before %+v, after %+v", before, after)
	// Go's runtime starts a thread now and then; of memory see TestVividUnplugged….
	if after.Descriptors > before.Descriptors || after.Goroutines > before.Goroutines ||
		after.Threads > before.Threads+4 || after.Heap-before.Heap > count*32<<10 ||
		after.Resident-before.Resident > leaktest.RaceFactor*count*32<<10 {
		t.Errorf("left behind: before %+v, after %+v", before, after)
	}
}

package node_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/node/nodetest"
)

// pacedCamera emits one image 30 times a second and costs nothing by itself.
type pacedCamera struct {
	img *media.Image
}

func (p *pacedCamera) Open(context.Context) (media.VideoFormat, error) {
	return media.VideoFormat{Device: "test", Width: p.img.Width, Height: p.img.Height, FrameRate: 30, Encoding: p.img.Encoding}, nil
}

func (p *pacedCamera) Run(ctx context.Context, emit func(*media.Image)) error {
	alarm, err := clock.NewAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	for due := clock.Monotonic(); alarm.Wait(due); due += time.Second / 30 {
		nodetest.Next(p.img)
		emit(p.img)
	}
	return nil
}

func (p *pacedCamera) Close() error { return nil }

// BenchmarkIdle runs the nodes for some seconds without a subscriber, on sources
// that cost nothing: the rest is our own part, the middleware's included, in
// percent of one core. Wake-ups are those of all threads.
func BenchmarkIdle(b *testing.B) {
	const lasting = 4 * time.Second
	video := func(b *testing.B) {
		img := nodetest.ImageOf(b, 1920, 1080, "bgr8")
		c, err := camera.New(nodetest.NewContext(b), node.Options{Name: "camera"}, func(camera.Config, func(string)) (acquire.VideoSource, error) {
			return &pacedCamera{img}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		nodetest.Background(b, c.Run)
	}
	audio := func(b *testing.B) {
		m, err := microphone.New(nodetest.NewContext(b), node.Options{Name: "microphone"}, func(microphone.Config, func(string)) (acquire.AudioSource, error) {
			return nodetest.NewPacedMicrophone(), nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { m.Close() })
		nodetest.Background(b, m.Run)
	}
	for _, test := range []struct {
		name  string
		nodes []func(*testing.B)
	}{
		{"camera 1920x1080 at 30 Hz", []func(*testing.B){video}},
		{"microphone", []func(*testing.B){audio}},
		{"both", []func(*testing.B){video, audio}},
	} {
		b.Run(test.name, func(b *testing.B) {
			for _, start := range test.nodes {
				start(b)
			}
			time.Sleep(2 * time.Second) // the middleware's greetings
			var before, after syscall.Rusage
			syscall.Getrusage(syscall.RUSAGE_SELF, &before)
			start := time.Now()
			for b.Loop() {
				time.Sleep(lasting)
			}
			seconds := time.Since(start).Seconds()
			syscall.Getrusage(syscall.RUSAGE_SELF, &after)
			spent := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
			b.ReportMetric(float64(spent)/1e9/seconds*100, "core-%")
			b.ReportMetric(float64(after.Nvcsw-before.Nvcsw)/seconds, "wakeups/s")
			b.ReportMetric(0, "ns/op") // the time that it lasted
		})
	}
}

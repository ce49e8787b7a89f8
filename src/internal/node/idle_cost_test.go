package node

import (
	"context"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	_ "av_capture/src/internal/timerslack" // as the executable has it
)

// pacedCamera emits one image 30 times a second and costs nothing by itself.
type pacedCamera struct {
	img *acquire.Image
}

func (p *pacedCamera) Open(context.Context) (acquire.VideoFormat, error) {
	return acquire.VideoFormat{Device: "test", Width: p.img.Width, Height: p.img.Height, FrameRate: 30, Encoding: p.img.Encoding}, nil
}

func (p *pacedCamera) Run(ctx context.Context, emit func(*acquire.Image)) error {
	alarm, err := acquire.NewAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	for due := acquire.Monotonic(); alarm.Wait(due); due += time.Second / 30 {
		next(p.img)
		emit(p.img)
	}
	return nil
}

func (p *pacedCamera) Close() error { return nil }

// BenchmarkIdle runs the nodes for some seconds without a subscriber, on sources
// that cost nothing: what is left is our own part, the middleware's included, in
// percent of one core. Wake-ups are those of all threads.
func BenchmarkIdle(b *testing.B) {
	const lasting = 4 * time.Second
	camera := func(b *testing.B) {
		img := imageOf(b, 1920, 1080, "bgr8")
		c, err := NewCamera(newContext(b), Options{Name: "camera"}, func(CameraConfig, func(string)) (acquire.VideoSource, error) {
			return &pacedCamera{img}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		background(b, c.Run)
	}
	microphone := func(b *testing.B) { newPacedNode(b, newPacedMicrophone()) }
	for _, test := range []struct {
		name  string
		nodes []func(*testing.B)
	}{
		{"camera 1920x1080 at 30 Hz", []func(*testing.B){camera}},
		{"microphone", []func(*testing.B){microphone}},
		{"both", []func(*testing.B){camera, microphone}},
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

package microphone

import (
	"context"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
)

// newPacedNode starts a microphone node on a source.
func newPacedNode(t testing.TB, source acquire.AudioSource) *Node {
	microphone, err := New(nodetest.NewContext(t), node.Options{Name: "microphone"}, func(Config, func(string)) (acquire.AudioSource, error) {
		return source, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { microphone.Close() })
	nodetest.Background(t, microphone.Run)
	return microphone
}

// BenchmarkCallback measures the sound system's callback with a block of 441 audio
// frames, whose readers it wakes up.
//
// inNode calls back in real time, with cold caches and sleeping readers, and
// gives the time that passed and the CPU time of the callback's thread. The time
// that passed includes waking a sleeping processor, and all that goes before.
// backToBack leaves no pause.
func BenchmarkCallback(b *testing.B) {
	b.Run("inNode", func(b *testing.B) {
		source := nodetest.NewPacedMicrophone()
		source.Took = make(chan nodetest.Callback)
		newPacedNode(b, source)
		for range 100 { // the first second of the sound clock
			<-source.Took
		}
		var wall, processor []time.Duration
		for b.Loop() {
			took := <-source.Took
			wall, processor = append(wall, took.Wall), append(processor, took.Processor)
		}
		b.ReportMetric(1e6*nodetest.Median(wall), "p50-µs")
		b.ReportMetric(1e6*wall[len(wall)*99/100].Seconds(), "p99-µs") // sorted by now
		b.ReportMetric(1e6*nodetest.Median(processor), "cpu-p50-µs")
		b.ReportMetric(0, "ns/op") // the block's own length
	})
	b.Run("backToBack", func(b *testing.B) {
		c := &stream{
			format: nodetest.CDSound,
			ring:   buffer.NewRing(nodetest.CDSound.FrameSize(), 66000, 0),
			clock:  clock.NewSampleClock(float64(nodetest.CDSound.SampleRate)),
			watch:  clock.NewLossWatch(float64(nodetest.CDSound.SampleRate)),
		}
		nodetest.Background(b, func(ctx context.Context) error {
			reader, block := c.ring.NewReader(), make([]byte, nodetest.BlockFrames*nodetest.CDSound.FrameSize())
			for at := uint64(0); ; {
				first, n, err := reader.Read(ctx, at, block)
				if err != nil {
					return nil
				}
				at = first + uint64(n)
			}
		})
		p := media.Period{Data: make([]byte, nodetest.BlockFrames*nodetest.CDSound.FrameSize()), Frames: nodetest.BlockFrames}
		b.ReportAllocs()
		for b.Loop() {
			p.Arrival += 10 * time.Millisecond
			c.add(p)
		}
		c.ring.Close()
	})
}

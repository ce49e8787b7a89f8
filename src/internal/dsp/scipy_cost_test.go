package dsp_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"gonum.org/v1/gonum/dsp/fourier"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// scipyClock times scipy on the windows of a second of sound.
type scipyClock struct {
	ask     func()
	answers *bufio.Reader
}

func newScipyClock(b *testing.B, size, hop int) *scipyClock {
	command := exec.Command("python3", "testdata/scipy_cost.py", fmt.Sprint(size), fmt.Sprint(hop), fmt.Sprint(rate))
	command.Stderr = os.Stderr
	questions, err := command.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	answers, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		questions.Close()
		if err := command.Wait(); err != nil {
			b.Error(err)
		}
	})
	return &scipyClock{
		ask:     func() { fmt.Fprintln(questions) },
		answers: bufio.NewReader(answers),
	}
}

// times returns the present cost in scipy [ns]: of the transforms window by window and at
// once, and of the whole pipeline likewise.
func (c *scipyClock) times(b *testing.B) (times [4]float64) {
	c.ask()
	if _, err := fmt.Fscan(c.answers, &times[0], &times[1], &times[2], &times[3]); err != nil {
		b.Fatalf("%v (Debian package python3-scipy)", err)
	}
	return times
}

// BenchmarkSecondOfSound measures all windows of one second of sound, in turns with scipy
// on the same windows, and reports the ratio: below 1 is faster than scipy. scipy is called
// window by window, as sound comes in ("each"), and once for all ("batch").
func BenchmarkSecondOfSound(b *testing.B) {
	for _, c := range []struct{ size, hop int }{{2048, 1024}, {2048, 256}, {4096, 2048}, {441, 441}, {1000, 500}, {1009, 500}} {
		windows := rate / c.hop
		sound := noise(1, c.size+(windows-1)*c.hop)
		data := make([]byte, 2*len(sound))
		dsp.Encode(data, sound, media.S16LE)

		compare := func(b *testing.B, first int, second func()) {
			scipy := newScipyClock(b, c.size, c.hop)
			var theirs [4]float64
			scipy.times(b) // the first time it loads its libraries
			b.ReportAllocs()
			for b.Loop() {
				second()
				b.StopTimer()
				for i, t := range scipy.times(b) {
					theirs[i] += t
				}
				b.StartTimer()
			}
			b.StopTimer()
			ours := float64(b.Elapsed().Nanoseconds())
			b.ReportMetric(ours/theirs[first], "of_scipy_each")
			b.ReportMetric(ours/theirs[first+1], "of_scipy_batch")
		}
		b.Run(fmt.Sprintf("transform/size=%d/hop=%d", c.size, c.hop), func(b *testing.B) {
			if c.size == 1009 {
				b.Skip("a prime is not for gonum's transform alone: see BenchmarkTransform")
			}
			plan := fourier.NewFFT(c.size)
			coefficients := make([]complex128, c.size/2+1)
			compare(b, 0, func() {
				for k := range windows {
					plan.Coefficients(coefficients, sound[k*c.hop:k*c.hop+c.size])
				}
			})
		})
		b.Run(fmt.Sprintf("pipeline/size=%d/hop=%d", c.size, c.hop), func(b *testing.B) {
			s, err := dsp.NewSpectrum(dsp.SpectrumConfig{
				SampleRate: rate, Channels: 1, WindowSize: c.size, Window: dsp.Hann, Scaling: dsp.Decibel,
			})
			if err != nil {
				b.Fatal(err)
			}
			samples, row := make([]float64, c.size), make([]float32, s.Bins())
			compare(b, 2, func() {
				for k := range windows {
					dsp.Decode(samples, data[2*k*c.hop:2*(k*c.hop+c.size)], media.S16LE)
					s.Compute(row, samples)
				}
			})
		})
	}
}

package clock_test

import (
	"bufio"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/clock"
)

// traces is the file that TestTraces writes.
var traces = flag.String("traces", "", "write the error of stamps over time to this file, as CSV")

var estimators = []struct {
	name string
	make func() estimator
}{
	{"counting", func() estimator { return new(counting) }},
	{"delay-locked loop", func() estimator { return new(delayLocked) }},
	{"least squares", func() estimator { return new(leastSquares) }},
	{"lower hull", func() estimator { return clock.NewSampleClock(nominal) }},
}

var cards = []struct {
	name string
	card card
}{
	{"0…20 ms", card{441, constant(200), uniform, false}},
	{"0…20 ms, in order", card{441, constant(-200), uniform, true}},
	{"exponential, stalls", card{441, constant(37), stalls, true}},
	{"five at once", card{441, constant(-80), bursts, true}},
	{"warming up", card{441, func(at float64) float64 { return 20 - 5*math.Exp(-at/300) }, uniform, false}},
}

func stalls(rng *rand.Rand, _ uint64) float64 {
	late := 0.003 * rng.ExpFloat64()
	if rng.IntN(3000) == 0 {
		late += 0.3
	}
	return late
}

func bursts(rng *rand.Rand, k uint64) float64 {
	return 0.010*float64(4-k%5) + 0.0005*rng.ExpFloat64()
}

// score is the error of stamps over many seeds.
type score struct{ bias, deviation, rate float64 } // [µs], [µs], [ppm, largest]

// measure takes the error of the newest period's stamp after so many seconds.
func measure(c card, create func() estimator, seconds []float64, runs uint64) []score {
	errors := map[int][]float64{}
	rates := map[int]float64{}
	for seed := range runs {
		e := create()
		next, elapsed := 0, 0.0
		c.run(seed, seconds[len(seconds)-1]+1, func(frames uint64, truth, arrival time.Duration) {
			e.Update(frames, arrival)
			elapsed = (truth - 1000*time.Second).Seconds()
			if next < len(seconds) && elapsed >= seconds[next] {
				errors[next] = append(errors[next], float64(e.TimeOf(frames)-truth)/1e3)
				rates[next] = max(rates[next], math.Abs(e.RateError()-c.ppm(elapsed)))
				next++
			}
		})
	}
	scores := []score{}
	for i := range seconds {
		var sum, squares float64
		for _, e := range errors[i] {
			sum += e
			squares += e * e
		}
		n := float64(len(errors[i]))
		scores = append(scores, score{sum / n, math.Sqrt(squares/n - sum/n*sum/n), rates[i]})
	}
	return scores
}

// TestLowerHullIsBest makes the table in the package's text (shown with -v), and checks that
// the lower hull is best.
func TestLowerHullIsBest(t *testing.T) {
	seconds := []float64{1, 10, 60, 300, 600}
	for _, c := range cards {
		best := map[string][]score{}
		for _, e := range estimators {
			scores := measure(c.card, e.make, seconds, seeds)
			best[e.name] = scores
			row := fmt.Sprintf("%-20s %-18s", c.name, e.name)
			for _, s := range scores {
				row += fmt.Sprintf(" %7.0f %5.0f %7.2f", s.bias, s.deviation, s.rate)
			}
			t.Log(row)
		}
		for _, other := range estimators[:3] {
			for i := range seconds[1:] {
				hull, rival := best["lower hull"][i+1], best[other.name][i+1]
				rms := func(s score) float64 { return math.Hypot(s.bias, s.deviation) }
				if rms(hull) > rms(rival) {
					t.Errorf("%s after %v s: lower hull errs by %.0f µs, %s by %.0f µs",
						c.name, seconds[i+1], rms(hull), other.name, rms(rival))
				}
			}
		}
	}
}

// TestTraces runs the estimators that are plotted over ten minutes, and writes
// with -traces the error of the newest period's stamp every half second. The
// largest one of the lower hull, after 10 s, is within 500 µs for the
// deviation in every run.
func TestTraces(t *testing.T) {
	var file *bufio.Writer
	if *traces != "" {
		f, err := os.Create(*traces)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		file = bufio.NewWriter(f)
		defer file.Flush()
		fmt.Fprintln(file, "card,estimator,seed,time [s],error [us]")
	}
	for _, c := range cards[:3] {
		for _, e := range estimators[1:] {
			for seed := range uint64(5) {
				estimator := e.make()
				next, worst := 0.5, 0.0
				c.card.run(seed, 600, func(frames uint64, truth, arrival time.Duration) {
					estimator.Update(frames, arrival)
					elapsed := (truth - 1000*time.Second).Seconds()
					if elapsed < next {
						return
					}
					next += 0.5
					off := float64(estimator.TimeOf(frames)-truth) / 1e3
					if elapsed > 10 {
						worst = max(worst, math.Abs(off))
					}
					if file != nil {
						fmt.Fprintf(file, "%s,%s,%d,%.2f,%.2f\n", strings.ReplaceAll(c.name, ",", ""), e.name, seed, elapsed, off)
					}
				})
				if e.name == "lower hull" && worst > 500 {
					t.Errorf("%s, seed %d: a stamp is wrong by %.0f µs after 10 s, want at most 500", c.name, seed, worst)
				}
			}
		}
	}
}

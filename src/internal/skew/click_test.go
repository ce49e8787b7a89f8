package skew

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// room is simulated sound.
type room struct {
	rate  int     // [Hz] as stated
	noise float64 // standard deviation
	click func(since float64) float64
	lost  func(block int) bool
	ppm   float64 // the error of the clock: stamps come slower by it
}

// aClick is one of a few milliseconds that is clipped, with an echo that dies away.
func aClick(since float64) float64 {
	return max(-1, min(1, 3*math.Exp(-since/0.003)*math.Cos(2*math.Pi*2000*since))) + 0.3*math.Exp(-since/0.05)*math.Sin(2*math.Pi*500*since)
}

// record gives blocks of 10 ms to a detector, with clicks that begin at these audio frames,
// and returns the audio frames that are found.
func (r room) record(d *ClickDetector, seconds int, clicks ...int) (found []int) {
	random := rand.New(rand.NewPCG(5, 6))
	size := r.rate / 100
	second := float64(time.Second) * (1 + r.ppm*1e-6)
	follows := true
	for first := 0; first < seconds*r.rate; first += size {
		levels := make([]float64, size)
		for i := range levels {
			x := r.noise * random.NormFloat64()
			for _, click := range clicks {
				if since := first + i - click; since >= 0 && since < r.rate/2 {
					x += r.click(float64(since) / float64(r.rate))
				}
			}
			levels[i] = math.Abs(max(-1, min(1, x)))
		}
		if r.lost != nil && r.lost(first/size) {
			follows = false
			continue
		}
		stamp := time.Duration(float64(first) / float64(r.rate) * second)
		d.Add(stamp, r.rate, levels, follows, func(event time.Duration) {
			found = append(found, int(math.Round(event.Seconds()/second*1e9*float64(r.rate))))
		})
		follows = true
	}
	return found
}

func TestClickIsFoundAtItsFirstSample(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000, 96000} {
		var clicks []int
		for i := range 15 {
			clicks = append(clicks, rate+i*(rate+rate/77))
		}
		for name, r := range map[string]room{
			"silence":               {rate: rate, click: aClick},
			"noise":                 {rate: rate, click: aClick, noise: 0.01},
			"a slow clock":          {rate: rate, click: aClick, noise: 0.001, ppm: 400},
			"a fast clock":          {rate: rate, click: aClick, noise: 0.001, ppm: -400},
			"a sample":              {rate: rate, click: func(since float64) float64 { return map[bool]float64{true: 0.5}[since == 0] }},
			"a beep of a tenth":     {rate: rate, noise: 0.0005, click: func(since float64) float64 { return map[bool]float64{true: -0.5}[since < 0.1] * math.Cos(6280*since) }},
			"a click below the hum": {rate: rate, noise: 0.02, click: func(float64) float64 { return 0 }},
		} {
			want := clicks
			if name == "a click below the hum" {
				want = nil
			}
			if found := r.record(&ClickDetector{}, 20, clicks...); !slices.Equal(found, want) {
				t.Errorf("%s at %d Hz: clicks at %v, want %v", name, rate, found, want)
			}
		}
	}
}

// Where sound is missing a click may have begun: none is found before there was silence.
func TestClickBesideLostSoundIsLeftOut(t *testing.T) {
	const rate = 48000
	clicks := []int{rate, 2*rate + 10, 3*rate + 10, 4 * rate, 5 * rate}
	r := room{rate: rate, noise: 0.001, click: aClick, lost: func(block int) bool {
		return block == 199 || block == 300 || block == 380 || block == 379 // before, with and long before a click
	}}
	want := []int{rate, 4 * rate, 5 * rate}
	if found := r.record(&ClickDetector{}, 6, clicks...); !slices.Equal(found, want) {
		t.Errorf("clicks at %v, want %v", found, want)
	}
}

// A sound that goes on when the noise becomes known may have begun before.
func TestClickBeforeTheNoiseIsKnownIsLeftOut(t *testing.T) {
	const rate = 48000
	beep := func(since float64) float64 { return map[bool]float64{true: 0.5}[since < 0.1] * math.Cos(6280*since) }
	for first := 0; first < rate/4; first += rate / 100 {
		r := room{rate: rate, noise: 0.0005, click: beep}
		if found := r.record(&ClickDetector{}, 3, first, 2*rate); !slices.Equal(found, []int{2 * rate}) {
			t.Errorf("a beep at %d: clicks at %v, want one at %d", first, found, 2*rate)
		}
	}
}

func TestAnotherRateBeginsAnew(t *testing.T) {
	var d ClickDetector
	for _, rate := range []int{48000, 16000, 48000} {
		r := room{rate: rate, noise: 0.001, click: aClick}
		if found := r.record(&d, 3, rate, 2*rate); !slices.Equal(found, []int{rate, 2 * rate}) {
			t.Errorf("clicks at %v of %d Hz", found, rate)
		}
	}
}

func TestSamplesThatAreNotNumbersHideNoClick(t *testing.T) {
	var d ClickDetector
	var found []time.Duration
	for block := range 300 {
		levels := make([]float64, 80)
		for i := range levels {
			levels[i] = 0.001
		}
		levels[7] = math.NaN()
		if block == 200 {
			levels[40] = 0.02
		}
		d.Add(time.Duration(block)*10*time.Millisecond, 8000, levels, true, func(at time.Duration) { found = append(found, at) })
	}
	if want := 2005 * time.Millisecond; !slices.Equal(found, []time.Duration{want}) {
		t.Errorf("clicks at %v, want one at %v", found, want)
	}
}

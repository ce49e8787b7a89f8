package skew

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

const imagePeriod = time.Second / 30

// scene is a simulated camera in front of a light.
type scene struct {
	period   time.Duration
	exposure time.Duration
	length   time.Duration // of a flash
	dark     float64       // light without a flash
	bright   float64       // light that a flash adds
	noise    float64       // standard deviation of the light of an image
	gain     func(image int, stamp time.Duration) float64
	missing  func(image int) bool
	jitter   time.Duration // of stamps, each way
}

// film gives the images of a scene to a detector, with flashes at these times.
func (s scene) film(d ImageDetector, count int, flashes ...time.Duration) (found []time.Duration) {
	random := rand.New(rand.NewPCG(1, 2))
	for i := range count {
		at := time.Duration(i) * s.period
		light := s.dark
		for _, flash := range flashes {
			lit := min(at+s.exposure, flash+s.length) - max(at, flash)
			light += s.bright * max(0, lit.Seconds()/s.exposure.Seconds())
		}
		if s.gain != nil {
			light *= s.gain(i, at)
		}
		light = min(1, light+s.noise*random.NormFloat64())
		if s.missing != nil && s.missing(i) {
			continue
		}
		if s.jitter > 0 {
			at += time.Duration(random.Int64N(int64(2*s.jitter))) - s.jitter
		}
		if event, ok := d.Add(at, light); ok {
			found = append(found, event)
		}
	}
	return found
}

// aScene is an office's: a screen that fills a part of the image.
func aScene() scene {
	return scene{period: imagePeriod, exposure: imagePeriod, length: 200 * time.Millisecond, dark: 0.05, bright: 0.2, noise: 0.0005}
}

// each returns times from first on, each a second and a bit later, at all phases of an image.
func each(first time.Duration, count int) (times []time.Duration) {
	for i := range count {
		times = append(times, first+time.Duration(i)*(time.Second+imagePeriod*7/47))
	}
	return times
}

// offs returns by how much found is later than wanted, and fails unless there are as many.
func offs(t *testing.T, name string, found, wanted []time.Duration) (offs []float64) {
	t.Helper()
	if len(found) != len(wanted) {
		t.Fatalf("%s: %d events are found, want %d: %v", name, len(found), len(wanted), found)
	}
	for i := range found {
		offs = append(offs, (found[i]-wanted[i]).Seconds()*1e3)
	}
	return offs
}

// within fails unless all values are from least to most.
func within(t *testing.T, name string, values []float64, least, most float64) {
	t.Helper()
	for i, value := range values {
		if !(value >= least && value <= most) {
			t.Errorf("%s: event %d is off by %.3f ms, want %v to %v", name, i, value, least, most)
		}
	}
}

func TestFlashIsTimedByItsShareOfAnExposure(t *testing.T) {
	wanted := each(time.Second, 60)
	const images = 65 * 30
	whole := imagePeriod.Seconds() * 1e3
	s := aScene()
	within(t, "an exposure of a whole period", offs(t, "whole", s.film(&FlashDetector{}, images, wanted...), wanted), -1.2, 1.2)

	s.exposure = imagePeriod / 4
	short := offs(t, "short", s.film(&FlashDetector{}, images, wanted...), wanted)
	within(t, "an exposure of a quarter", short, -0.6, whole*3/4+0.6)
	if m := median(short); math.Abs(m-whole*3/8) > whole/20 {
		t.Errorf("the median with an exposure of a quarter is off by %.2f ms, want half of what is not exposed, %.2f", m, whole*3/8)
	}

	s = aScene()
	s.noise, s.dark = 0.004, 0.3
	within(t, "noise and daylight", offs(t, "noise", s.film(&FlashDetector{}, images, wanted...), wanted), -3, 3)

	s = aScene()
	s.jitter = 2 * time.Millisecond
	within(t, "stamps with jitter", offs(t, "jitter", s.film(&FlashDetector{}, images, wanted...), wanted), -4, 4)
}

// A white image among dark ones is dated to its stamp, whatever it is.
func TestFlashOfOneImageHasItsStamp(t *testing.T) {
	var d FlashDetector
	var found, wanted []time.Duration
	for i := range 600 {
		at, light := time.Duration(i)*imagePeriod+time.Duration(i%7)*time.Millisecond, 0.01
		if i%30 == 20 {
			light, wanted = 0.83, append(wanted, at)
		}
		if event, ok := d.Add(at, light); ok {
			found = append(found, event)
		}
	}
	within(t, "one image", offs(t, "one image", found, wanted), 0, 0)
}

// Light of ten bits in 16 is a 64th of full scale at most.
func TestFlashInTenBitsIsFoundAsInEight(t *testing.T) {
	wanted := each(time.Second, 20)
	s := aScene()
	s.dark, s.bright, s.noise = 0.0002, 0.001, 0 // of full scale: twice the least rise
	within(t, "8 bits", offs(t, "8 bits", s.film(&FlashDetector{}, 23*30, wanted...), wanted), -1.2, 1.2)
	full := FullScale("16UC1")
	s.dark, s.bright = s.dark*full, s.bright*full
	within(t, "10 bits", offs(t, "10 bits", s.film(&FlashDetector{FullScale: full}, 23*30, wanted...), wanted), -1.2, 1.2)
	if full != FullScale("mono16") || math.Abs(full-1./64) > 1e-4 || FullScale("mono8") != 1 || FullScale("bgr8") != 1 {
		t.Errorf("full scale of 10 bits is %v", full)
	}
}

// An image without a number is like one that is missing.
func TestNumbersThatAreNotFiniteAreNoEvents(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for name, d := range map[string]ImageDetector{"flash": &FlashDetector{}, "clap": &ClapDetector{}} {
			for i := range 200 {
				value := 0.1
				if i%30 == 20 {
					value = bad
				}
				if at, found := d.Add(time.Duration(i)*imagePeriod, value); found {
					t.Errorf("%s: %v is found at %v", name, bad, at)
				}
			}
			if d.Period() != imagePeriod {
				t.Errorf("%s: the period is %v, want %v", name, d.Period(), imagePeriod)
			}
		}
	}
	wanted := []time.Duration{2 * time.Second, 4 * time.Second}
	s := aScene()
	s.gain = func(i int, _ time.Duration) float64 {
		if i == 100 { // between the flashes
			return math.NaN()
		}
		return 1
	}
	within(t, "around it", offs(t, "around it", s.film(&FlashDetector{}, 180, wanted...), wanted), -1.2, 1.2)
}

func TestWhatIsNoFlashIsNotFound(t *testing.T) {
	dark := aScene()
	for name, gain := range map[string]func(int, time.Duration) float64{
		"a day that breaks":  func(_ int, at time.Duration) float64 { return 1 + at.Seconds() },
		"a lamp on mains":    func(_ int, at time.Duration) float64 { return 1 + 0.15*math.Sin(2*math.Pi*100*at.Seconds()+1) },
		"somebody walks by":  func(_ int, at time.Duration) float64 { return 1 + 0.3*math.Sin(2*math.Pi*at.Seconds()) },
		"a light goes off":   func(i int, _ time.Duration) float64 { return map[bool]float64{true: 5, false: 1}[i < 300] },
		"auto-exposure":      func(i int, _ time.Duration) float64 { return 4 - 3*math.Pow(0.85, float64(i%60)) },
		"fast auto-exposure": func(i int, _ time.Duration) float64 { return 4 - 3*math.Pow(0.65, max(0, float64(i-300))) },
	} {
		s := dark
		s.gain = gain
		if name == "auto-exposure" { // it goes back slowly too
			s.gain = func(i int, at time.Duration) float64 {
				if i/60%2 == 1 {
					return 1 + 3*math.Pow(0.85, float64(i%60))
				}
				return gain(i, at)
			}
		}
		if found := s.film(&FlashDetector{}, 900); len(found) > 0 {
			t.Errorf("%s: %d flashes, the first at %v", name, len(found), found[0])
		}
	}
}

// An automatic exposure that answers to the flashes themselves moves none of them.
func TestFlashesAreFoundWhileTheExposureFollows(t *testing.T) {
	wanted := each(time.Second, 20)
	s := aScene()
	exposure, target := 1.0, 0.05
	s.gain = func(_ int, at time.Duration) float64 {
		lit := s.dark
		for _, flash := range wanted {
			if at >= flash && at < flash+s.length {
				lit += s.bright
			}
		}
		now := exposure
		exposure += 0.1 * (target/lit - exposure)
		return now
	}
	within(t, "auto-exposure", offs(t, "auto-exposure", s.film(&FlashDetector{}, 24*30, wanted...), wanted), -2, 4)
}

func TestFlashBesideAMissingImageIsLeftOutUnlessItIsCertain(t *testing.T) {
	wanted := []time.Duration{2 * time.Second, 4*time.Second + imagePeriod/2, 6 * time.Second}
	s := aScene()
	s.missing = func(i int) bool { return i == 59 || i == 119 || i == 150 } // the image before the first two
	var d FlashDetector
	within(t, "missing images", offs(t, "missing", s.film(&d, 240, wanted...), wanted[1:]), -0.6, 0.6)
	if d.Doubtful() != 1 {
		t.Errorf("%d flashes are doubtful, want 1", d.Doubtful())
	}
}

func TestDetectorsBeginAnewWhereTimeGoesBack(t *testing.T) {
	s := aScene()
	wanted := each(time.Second, 3)
	var d FlashDetector
	for range 3 {
		within(t, "again", offs(t, "again", s.film(&d, 120, wanted...), wanted), -0.6, 0.6)
	}
	if searched := d.Searched(); searched <= 3*time.Second || searched > 4*time.Second {
		t.Errorf("searched until %v", searched)
	}
}

// clapping gives a detector the motion of two hands, drawn: bars that move towards each other
// ever faster, stop at once for a tenth of a second, and part slowly.
// Values of 16 bits are those of 10.
func clapping(d ImageDetector, encoding string, count int, claps ...time.Duration) (found []time.Duration) {
	const side = 128
	var m Motion
	deep := grey("16UC1", side, side, 0)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range count {
		at := time.Duration(i) * imagePeriod
		apart := 0.4 // of the width
		for _, clap := range claps {
			switch until := (clap - at).Seconds(); {
			case until > 0 && until < 0.25:
				apart = min(apart, 0.4*until/0.25*(2-until/0.25))
			case until <= 0 && until > -0.1:
				apart = 0
			case until <= -0.1 && until > -0.6:
				x := (-until - 0.1) / 0.5
				apart = min(apart, 0.4*x*x*(3-2*x))
			}
		}
		img := grey("mono8", side, side, 40)
		for y := 30; y < 100; y++ {
			for _, centre := range []float64{0.5 - apart/2 - 0.05, 0.5 + apart/2 + 0.05} {
				for x := int((centre - 0.05) * side); x < int((centre+0.05)*side); x++ {
					img.Data[y*img.Step+x] = 170
				}
			}
		}
		for n := range img.Data {
			img.Data[n] = byte(min(255, max(0, float64(img.Data[n])+2*random.NormFloat64())))
		}
		if encoding == "16UC1" {
			for y := range side {
				for x := range side {
					binary.LittleEndian.PutUint16(deep.Data[y*deep.Step+2*x:], 4*uint16(img.Data[y*img.Step+x]))
				}
			}
			img = deep
		}
		motion, err := m.Of(img)
		if err != nil {
			panic(err)
		}
		if event, ok := d.Add(at, motion); ok {
			found = append(found, event)
		}
	}
	return found
}

func TestClapIsTimedToHalfAPeriod(t *testing.T) {
	wanted := each(time.Second, 40)
	half := imagePeriod.Seconds() * 1e3 / 2
	for _, encoding := range []string{"mono8", "16UC1"} {
		off := offs(t, encoding, clapping(&ClapDetector{}, encoding, 43*30, wanted...), wanted)
		within(t, encoding, off, -half-3, half+3) // noise, and bars of whole pixels
		if m := median(off); math.Abs(m) > half/2 {
			t.Errorf("%s: the median of claps is off by %.2f ms", encoding, m)
		}
		if found := clapping(&ClapDetector{}, encoding, 300); len(found) > 0 {
			t.Errorf("%s: %d claps of still hands", encoding, len(found))
		}
	}
}

package playback_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/playback"
)

const (
	target  = 200 * time.Millisecond
	waiting = rate / 5 // [audio frames] in target
)

func TestSoundIsPlayedOnceAndInOrder(t *testing.T) {
	for seed := range uint64(10) {
		r := playback.NewRing(numbered, target)
		got := runs(simulate(r, publisher{block: 80, jitter: 80 * time.Millisecond}, device{period: 137, jitter: 5 * time.Millisecond}, time.Minute, seed))
		if len(got) != 2 || got[0].first != 0 || got[1].first != 1 {
			t.Fatalf("seed %d: %v, want silence and then everything", seed, got)
		}
		// The first block is late by up to 80 ms, and has a length.
		if begin := got[0].frames; begin < waiting || begin > waiting+80+3*137+rate*85/1000 {
			t.Errorf("seed %d: began after %d audio frames, want target, %d, and the lateness", seed, begin, waiting)
		}
		if c := r.Counts(); c.Underruns != 0 || c.Dropped != 0 || c.Repeated != 0 || c.Skipped != 0 || c.Played != uint64(got[1].frames) {
			t.Errorf("seed %d: %+v", seed, c)
		}
	}
}

// TestGapsAreSilenceOfTheirLength: exactly to the audio frame, with buffers shorter and
// longer than the gap.
func TestGapsAreSilenceOfTheirLength(t *testing.T) {
	for _, gap := range []int{1, 79, 80, 81, 500, waiting - 1, waiting, waiting + 1, 2 * waiting, 10*waiting + 7, 4 * rate} {
		for seed := range uint64(5) {
			r := playback.NewRing(numbered, target)
			p := publisher{block: 80, jitter: 10 * time.Millisecond, lose: func(index int) int {
				if index == 5*rate {
					return gap
				}
				return 0
			}}
			got := runs(simulate(r, p, device{period: 80, jitter: time.Millisecond}, 30*time.Second, seed))
			want := []run{got[0], {1, 5 * rate}, {0, gap}, {5*rate + gap + 1, 0}}
			if len(got) == 4 {
				want[3].frames = got[3].frames
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("gap %d, seed %d: %v, want %v", gap, seed, got, want)
			}
			if c := r.Counts(); c.Underruns != 0 || c.Late != 0 || c.Missing != uint64(gap) || c.Shortened != 0 || c.Played != uint64(got[1].frames+gap+got[3].frames) {
				t.Errorf("gap %d, seed %d: %+v", gap, seed, c)
			}
		}
	}
}

// TestGapThatHasPassedIsOver: the device has played just the silence of the gap when the
// sound after it comes, and plays that at once.
func TestGapThatHasPassedIsOver(t *testing.T) {
	for missing := uint64(99); missing <= 101; missing++ {
		r := playback.NewRing(numbered, target)
		r.Put(0, sound(0, 100), 0)
		output := make([]byte, 4*400)
		r.Read(output[:4*200], target) // 100 of them silence
		r.Put(missing, sound(100, 100), target)
		r.Read(output[4*200:], target)
		want := make([]byte, 4*400)
		copy(want, sound(0, 100))
		underruns := uint64(1) // for a single one, but it is late
		if missing >= 100 {
			underruns = 0
			copy(want[4*(100+missing):], sound(100, 100))
		}
		if c := r.Counts(); !bytes.Equal(output, want) || c.Underruns != underruns {
			t.Errorf("%d missing: %+v, want %d underruns, and the sound in its place", missing, c, underruns)
		}
	}
}

// TestLongGapIsShortened, as of a bag that was cut.
func TestLongGapIsShortened(t *testing.T) {
	r := playback.NewRing(numbered, target)
	var now time.Duration
	r.Put(0, sound(0, 4000), now)
	r.Put(3600*rate, sound(4000, 4000), now)
	r.End()
	output := make([]byte, 4*(8000+5*rate))
	if r.Read(output, now) {
		t.Error("over at once")
	}
	want := append(append(sound(0, 4000), make([]byte, 4*5*rate)...), sound(4000, 4000)...)
	if !bytes.Equal(output, want) {
		t.Error("want 5 s of silence between the two")
	}
	if c := r.Counts(); c.Missing != 3600*rate || c.Shortened != 3595*rate {
		t.Errorf("%+v", c)
	}
	if !r.Read(output, now) {
		t.Error("not over at the end")
	}
}

func TestClocksThatDifferCostSingleFrames(t *testing.T) {
	for _, ppm := range []float64{-200, 200} {
		for _, swapped := range []bool{false, true} {
			t.Run(fmt.Sprint(ppm, swapped), func(t *testing.T) {
				t.Parallel()
				r := playback.NewRing(numbered, target)
				p := publisher{block: 80, ppm: ppm, jitter: 20 * time.Millisecond}
				d := device{period: 80, jitter: 5 * time.Millisecond}
				faster := ppm
				if swapped {
					p.ppm, d.ppm, faster = 0, ppm, -ppm
				}
				const hour = 3600
				played := simulate(r, p, d, hour*time.Second, 7)
				c := r.Counts()
				if c.Underruns != 0 || c.Skipped != 0 || c.Missing != 0 || c.Dropped > 0 && c.Repeated > 0 {
					t.Errorf("%+v", c)
				}
				// The drift, but for the tolerance of the buffer.
				drift := faster * 1e-6 * hour * rate
				corrected := float64(c.Dropped) - float64(c.Repeated)
				if off := drift - corrected; off > waiting/2 || off < -waiting/2 {
					t.Errorf("%v audio frames dropped, want about %v", corrected, drift)
				}
				// Each correction is a step of one.
				steps := map[int]int{}
				for i, x := range played[1:] {
					if played[i] != 0 {
						steps[int(x)-int(played[i])]++
					}
				}
				if steps[2] != int(c.Dropped) || steps[0] != int(c.Repeated) || steps[1]+steps[0]+steps[2] != int(c.Played)-1 {
					t.Errorf("steps %v, want %d of 2 and %d of 0", steps, c.Dropped, c.Repeated)
				}
				if fill := r.Fill(); fill < target/2 || fill > target*3/2 {
					t.Errorf("%v wait at the end, want about %v", fill, target)
				}
			})
		}
	}
}

// TestBlocksAndPeriodsMayBeat: the fill, sampled at the times of one of them, would seem
// to drift.
func TestBlocksAndPeriodsMayBeat(t *testing.T) {
	for _, c := range []struct{ block, period int }{{800, 799}, {799, 800}, {80, 800}, {800, 80}, {400, 401}} {
		r := playback.NewRing(numbered, target)
		simulate(r, publisher{block: c.block}, device{period: c.period}, 20*time.Minute, 1)
		if n := r.Counts(); n.Dropped != 0 || n.Repeated != 0 || n.Underruns != 0 {
			t.Errorf("blocks of %d, periods of %d: %+v, want no correction", c.block, c.period, n)
		}
	}
}

func TestUnderrunIsCountedAndNothingIsLost(t *testing.T) {
	for seed := range uint64(5) {
		for _, stall := range []time.Duration{250 * time.Millisecond, 400 * time.Millisecond, 600 * time.Millisecond} {
			r := playback.NewRing(numbered, target)
			p := publisher{block: 80, jitter: 10 * time.Millisecond, stall: func(at time.Duration) time.Duration {
				// The sound of the stall comes at its end.
				if since := at - 20*time.Second; since >= 0 && since < stall {
					return stall - since
				}
				return 0
			}}
			got := runs(simulate(r, p, device{period: 80}, 30*time.Second, seed))
			if len(got) != 4 || got[2].first != 0 || got[3].first != got[1].first+got[1].frames {
				t.Fatalf("stall of %v, seed %d: %v, want one silence, and no sound lost", stall, seed, got)
			}
			c := r.Counts()
			if c.Underruns != 1 || c.Late != uint64(got[2].frames) || c.Skipped != 0 || c.Missing != 0 {
				t.Errorf("stall of %v, seed %d: %+v, want 1 underrun of %d", stall, seed, c, got[2].frames)
			}
			// The sound after the stall reaches the target: nothing waits longer.
			if least, most := (stall-target).Seconds()*rate, (stall-target).Seconds()*rate+3*80+rate/50; float64(got[2].frames) < least-2*80 || float64(got[2].frames) > most {
				t.Errorf("stall of %v, seed %d: silence of %d, want %v to %v", stall, seed, got[2].frames, least, most)
			}
		}
	}
}

// TestDelayAfterAStallIsLeftOut: a long stall adds more delay than dropping single audio
// frames removes.
func TestDelayAfterAStallIsLeftOut(t *testing.T) {
	r := playback.NewRing(numbered, target)
	const stall = 2 * time.Second
	p := publisher{block: 80, stall: func(at time.Duration) time.Duration {
		if since := at - 20*time.Second; since >= 0 && since < stall {
			return stall - since
		}
		return 0
	}}
	simulate(r, p, device{period: 80}, time.Minute, 1)
	c := r.Counts()
	if c.Underruns != 1 || c.Skipped < rate || c.Skipped > 2*rate {
		t.Errorf("%+v, want most of the 2 s skipped", c)
	}
	if fill := r.Fill(); fill > target+100*time.Millisecond {
		t.Errorf("%v wait at the end, want about %v", fill, target)
	}
}

// TestSentenceAtOnceIsPlayed: a speech synthesizer publishes a sentence at once, faster
// than real time.
func TestSentenceAtOnceIsPlayed(t *testing.T) {
	for _, blocks := range []int{1, 10} {
		r := playback.NewRing(numbered, target)
		const length = 25 * rate
		for i := range blocks {
			r.Put(0, sound(i*length/blocks, length/blocks), 0)
		}
		var played []byte
		output := make([]byte, 4*80)
		for at := time.Duration(0); at < 30*time.Second; at += 10 * time.Millisecond {
			r.Read(output, at)
			played = append(played, output...)
		}
		if !bytes.Contains(played, sound(0, length)) {
			t.Errorf("in %d blocks: not all was played: %+v", blocks, r.Counts())
		}
		begin := bytes.Index(played, sound(0, 1)) / 4
		if limit := waiting + 80; begin > limit {
			t.Errorf("in %d blocks: began after %d audio frames, want at most %d", blocks, begin, limit)
		}
	}
}

// A message longer than the ring is played in part.
func TestOnlyWhatDoesNotFitIsSkipped(t *testing.T) {
	for _, seconds := range []int{31, 60} {
		r := playback.NewRing(numbered, target)
		length := seconds * rate
		r.Put(0, sound(0, length), 0)
		r.End()
		output := make([]byte, 4*length)
		r.Read(output, 0)
		c := r.Counts()
		if c.Played < 30*rate || c.Played+c.Skipped != uint64(length) {
			t.Errorf("of %d s: %+v, want 30 s played", seconds, c)
		}
		if !bytes.Equal(output[:4*c.Played], sound(int(c.Skipped), int(c.Played))) {
			t.Errorf("of %d s: what was played are not the newest", seconds)
		}
	}
}

func TestWhatComesTooEarlyIsSkippedAndCounted(t *testing.T) {
	r := playback.NewRing(numbered, target)
	const length = 100 * rate
	for i := range 1000 {
		r.Put(0, sound(i*length/1000, length/1000), 0)
	}
	r.End()
	output := make([]byte, 4*length)
	r.Read(output, 0)
	c := r.Counts()
	if c.Played+c.Skipped != length || c.Skipped == 0 || c.Played < waiting {
		t.Fatalf("%+v, want %d in all", c, length)
	}
	if !bytes.Equal(output[:4*c.Played], sound(int(c.Skipped), int(c.Played))) {
		t.Error("what was played are not the newest")
	}
}

func TestShortSoundIsPlayedToo(t *testing.T) {
	r := playback.NewRing(numbered, target)
	r.Put(0, sound(0, 10), 0)
	output := make([]byte, 4*10)
	if r.Read(output, target-1); !bytes.Equal(output, make([]byte, 40)) {
		t.Error("played before its time")
	}
	if r.Read(output, target); !bytes.Equal(output, sound(0, 10)) {
		t.Error("not played")
	}
}

// TestNothingOldIsPlayedAfterALoss: while there is no device, the newest sound
// takes the place of the oldest.
func TestNothingOldIsPlayedAfterALoss(t *testing.T) {
	r := playback.NewRing(numbered, target)
	r.Put(0, sound(0, rate), 0)
	r.Read(make([]byte, 4*100), target)
	r.Put(0, sound(rate, 3*rate), 0)
	r.Resume(time.Minute)
	const lead = rate / 10 // that a device gets first
	output := make([]byte, 4*(lead+waiting))
	r.Read(output, time.Minute+target)
	if !bytes.Equal(output, append(make([]byte, 4*lead), sound(4*rate-waiting, waiting)...)) {
		t.Errorf("want silence, and then the newest %v", target)
	}
	if c := r.Counts(); c.Skipped != 4*rate-waiting-100 || c.Underruns != 0 {
		t.Errorf("%+v", c)
	}
}

func TestSilenceIsThatOfTheEncoding(t *testing.T) {
	for encoding, zero := range map[media.SampleFormat]byte{media.U8: 128, media.S16LE: 0, media.S24LE: 0, media.F32LE: 0} {
		format := media.AudioFormat{SampleRate: rate, Channels: 3, Encoding: encoding}
		r := playback.NewRing(format, target)
		block := bytes.Repeat([]byte{7}, 10*format.FrameSize())
		silence := bytes.Repeat([]byte{zero}, 10*format.FrameSize())
		output := make([]byte, 50*format.FrameSize())
		r.Read(output[:len(block)], 0)
		r.Put(0, block, 0)
		r.Put(10, block, 0)
		r.End()
		r.Read(output[len(block):], 0)
		if want := bytes.Join([][]byte{silence, block, silence, block, silence}, nil); !bytes.Equal(output, want) {
			t.Errorf("%s: %v, want %v", encoding, output, want)
		}
	}
}

func TestReadDoesNotAllocate(t *testing.T) {
	r := playback.NewRing(numbered, target)
	block, output := sound(0, 80), make([]byte, 4*80)
	now := time.Duration(0)
	if n := testing.AllocsPerRun(5000, func() {
		r.Put(0, block, now)
		now += 10 * time.Millisecond
		r.Read(output, now)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestPutAndReadAtOnce is for the race detector: sound is played in order.
func TestPutAndReadAtOnce(t *testing.T) {
	r := playback.NewRing(numbered, 10*time.Millisecond)
	const length = 20 * rate
	start := time.Now()
	var putting sync.WaitGroup
	putting.Add(1)
	go func() {
		defer putting.Done()
		random := rand.New(rand.NewPCG(1, 2))
		for at := 0; at < length; {
			n := min(1+random.IntN(3000), length-at)
			r.Put(0, sound(at, n), time.Since(start))
			at += n
		}
		r.End()
	}()
	var played []uint32
	for over := false; !over; {
		output := make([]byte, 4*77)
		over = r.Read(output, time.Since(start))
		_ = r.Counts()
		_ = r.Fill()
		for i := 0; i < len(output); i += 4 {
			if x := uint32(output[i]) | uint32(output[i+1])<<8 | uint32(output[i+2])<<16; x != 0 {
				played = append(played, x)
			}
		}
	}
	putting.Wait()
	for i, x := range played {
		if x != uint32(i+1) {
			t.Fatalf("audio frame %d is number %d", i, x)
		}
	}
	if len(played) != length {
		t.Errorf("%d of %d were played", len(played), length)
	}
}

package playback_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/playback"
)

const rate = 8000 // [Hz]

// numbered is the format of sound whose audio frames are their numbers from 1 on,
// so that each can be told from all others and from silence.
var numbered = media.AudioFormat{SampleRate: rate, Channels: 1, Encoding: media.S32LE}

// sound returns the audio frames from an index on.
func sound(first, frames int) []byte {
	data := make([]byte, 0, 4*frames)
	for i := range frames {
		data = binary.LittleEndian.AppendUint32(data, uint32(first+i+1))
	}
	return data
}

// event is an action at a time.
type event struct {
	at      time.Duration
	missing int // put: audio frames missing before the block
	first   int // put: index of the first audio frame
	frames  int // of the block; 0 for a read
}

// publisher describes the blocks of a simulation.
type publisher struct {
	block  int                                  // [audio frames]
	ppm    float64                              // how much faster its clock is
	jitter time.Duration                        // blocks are late by up to so much, uniformly
	stall  func(at time.Duration) time.Duration // more lateness (optional)
	lose   func(index int) int                  // audio frames to lose before the block with this index (optional)
}

// device describes the reads of a simulation.
type device struct {
	period int // [audio frames]
	ppm    float64
	jitter time.Duration
}

// simulate plays for a while, and returns the audio frames that the device got.
func simulate(r *playback.Ring, p publisher, d device, length time.Duration, seed uint64) []uint32 {
	random := rand.New(rand.NewPCG(seed, 0))
	late := func(jitter time.Duration) time.Duration {
		return time.Duration(random.Float64() * float64(jitter))
	}
	clock := func(frames int, ppm float64) time.Duration {
		return time.Duration(float64(frames) / rate / (1 + ppm*1e-6) * 1e9)
	}
	var events []event
	var before time.Duration
	missing := 0
	for index := 0; ; index += p.block {
		at := clock(index+p.block, p.ppm)
		if at > length {
			break
		}
		if p.lose != nil {
			lost := p.lose(index)
			index, missing = index+lost, missing+lost
			at = clock(index+p.block, p.ppm)
		}
		came := at + late(p.jitter)
		if p.stall != nil {
			came += p.stall(at)
		}
		before = max(before, came) // blocks do not overtake each other
		events = append(events, event{before, missing, index, p.block})
		missing = 0
	}
	before = 0
	for read := 0; ; read += d.period {
		at := clock(read, d.ppm)
		if at > length {
			break
		}
		before = max(before, at+late(d.jitter))
		events = append(events, event{at: before})
	}
	slices.SortStableFunc(events, func(a, b event) int { return int(a.at - b.at) })

	var played []uint32
	output := make([]byte, 4*d.period)
	for _, e := range events {
		if e.frames > 0 {
			r.Put(uint64(e.missing), sound(e.first, e.frames), e.at)
			continue
		}
		r.Read(output, e.at)
		for i := range d.period {
			played = append(played, binary.LittleEndian.Uint32(output[4*i:]))
		}
	}
	return played
}

// run is a part of the output: consecutive audio frames, or silence.
type run struct {
	first  int // number of the first one, 0 for silence
	frames int
}

// runs splits the output.
func runs(played []uint32) []run {
	var all []run
	for _, x := range played {
		n := len(all)
		switch {
		case n > 0 && x == 0 && all[n-1].first == 0,
			n > 0 && x != 0 && all[n-1].first != 0 && int(x) == all[n-1].first+all[n-1].frames:
			all[n-1].frames++
		default:
			all = append(all, run{int(x), 1})
		}
	}
	return all
}

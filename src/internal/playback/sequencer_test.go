package playback

import (
	"fmt"
	"testing"
	"time"

	"av_capture/src/internal/media"
)

func TestBlocksAreOrdered(t *testing.T) {
	mono := media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.U8}
	stereo := mono
	stereo.Channels = 2
	block := func(first uint64, stamp time.Duration, epoch uint32) Block {
		return Block{First: first, Stamp: stamp, Epoch: epoch, Format: mono, Data: make([]byte, 80)}
	}
	other := Block{First: 100080, Format: stereo, Data: make([]byte, 160)}
	const s = time.Second
	for _, c := range []struct {
		name    string
		blocks  []Block
		want    []string // first index, and what comes before it, of all that is played
		ignored uint64
	}{
		{"one after another", []Block{block(100000, 0, 0), block(100080, 0, 0)}, []string{"100000 restart", "100080"}, 0},
		{"a gap", []Block{block(100000, 0, 0), block(100100, 0, 0)}, []string{"100000 restart", "100100 after 20"}, 0},
		{"a gap over an epoch", []Block{block(100000, 0, 0), block(900000, 0, 1)}, []string{"100000 restart", "900000 after 799920"}, 0},
		{"a copy", []Block{block(100000, s, 0), block(100000, s, 0), block(100080, 2*s, 0)}, []string{"100000 restart", "100080"}, 1},
		{"overtaken", []Block{block(100000, s, 0), block(100160, 3*s, 0), block(100080, 2*s, 0), block(100240, 4*s, 0)},
			[]string{"100000 restart", "100160 after 80", "100240"}, 1},
		{"the last one a copy", []Block{block(100000, 0, 0), block(100000, 0, 0)}, []string{"100000 restart"}, 1},
		{"a part of it twice", []Block{block(100000, 0, 0), block(100040, 0, 0)}, []string{"100000 restart"}, 1},
		{"the publisher restarted", []Block{block(4000, s, 0), block(0, 9*s, 0), block(80, 10*s, 0)}, []string{"4000 restart", "0 restart", "80"}, 0},
		{"the same, without stamps", []Block{block(4000, 0, 0), block(0, 0, 0), block(80, 0, 0), block(160, 0, 0), block(240, 0, 0)},
			[]string{"4000 restart", "0 restart", "80", "160", "240"}, 0},
		{"the same, at another epoch", []Block{block(4000, 0, 1), block(0, 0, 0)}, []string{"4000 restart", "0 restart"}, 0},
		{"a bag once more", []Block{block(100000, 9*s, 0), block(0, s, 0)}, []string{"100000 restart", "0 restart"}, 0},
		{"many copies", []Block{block(100000, s, 0), block(100000, s, 0), block(100000, s, 0), block(100000, s, 0)}, []string{"100000 restart"}, 3},
		{"another format", []Block{block(100000, 0, 0), other}, []string{"100000 restart", "100080 restart"}, 0},
	} {
		var o sequencer
		var got []string
		for _, b := range c.blocks {
			for _, s := range o.take(b) {
				text := fmt.Sprint(s.First)
				if s.restart {
					text += " restart"
				}
				if s.missing > 0 {
					text += fmt.Sprint(" after ", s.missing)
				}
				got = append(got, text)
			}
		}
		if ignored := o.ignored + uint64(len(o.old)); fmt.Sprint(got) != fmt.Sprint(c.want) || ignored != c.ignored {
			t.Errorf("%s: played %v, ignored %d, want %v, %d", c.name, got, ignored, c.want, c.ignored)
		}
	}
}

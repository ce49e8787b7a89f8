package subscriber

import (
	"strings"
	"testing"

	"av_capture/src/internal/media"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"
)

var stereo = media.AudioFormat{SampleRate: 8000, Channels: 2, Encoding: media.S16LE}

func block(first uint64, frames int) Block {
	return Block{First: first, Format: stereo, Data: make([]byte, frames*stereo.FrameSize())}
}

func TestSequenceTellsHowBlocksFollow(t *testing.T) {
	mono := block(300, 10)
	mono.Format.Channels = 1
	var s Sequence
	for i, c := range []struct {
		block   Block
		step    Step
		missing uint64
	}{
		{block(100, 10), Begins, 0},
		{block(110, 20), Follows, 0},
		{block(137, 3), Skips, 7},
		{block(140, 3), Follows, 0},
		{block(142, 3), Restarts, 0},
		{block(0, 5), Restarts, 0},
		{block(5, 5), Follows, 0},
		{mono, Reformats, 0},
	} {
		step, missing := s.Next(c.block)
		if step != c.step || missing != c.missing {
			t.Errorf("block %d: step %d with %d missing, want %d with %d", i, step, missing, c.step, c.missing)
		}
	}
}

func TestBrokenMessagesAreRefusedWithTheReason(t *testing.T) {
	good := av_capture_msg.AudioData{
		FirstFrame: 5, FrameCount: 2, SampleRate: 8000, Channels: 2, Encoding: "S16LE", Data: make([]byte, 8),
	}
	if b, err := BlockOf(&good); err != nil || b.First != 5 || b.End() != 7 || b.Format != stereo {
		t.Errorf("%+v, %v", b, err)
	}
	for want, spoil := range map[string]func(*av_capture_msg.AudioData){
		"encoding":                func(m *av_capture_msg.AudioData) { m.Encoding = "MP3" },
		"encoding is \"MP3…":      func(m *av_capture_msg.AudioData) { m.Encoding = strings.Repeat("MP3", 1<<20) },
		"sample_rate is 0":        func(m *av_capture_msg.AudioData) { m.SampleRate = 0 },
		"sample_rate is 429":      func(m *av_capture_msg.AudioData) { m.SampleRate = 1<<32 - 1 },
		"sample_rate is 384001":   func(m *av_capture_msg.AudioData) { m.SampleRate = media.MaxSampleRate + 1 },
		"channels is 0":           func(m *av_capture_msg.AudioData) { m.Channels = 0 },
		"channels is 33":          func(m *av_capture_msg.AudioData) { m.Channels = 33 },
		"channels is 65535":       func(m *av_capture_msg.AudioData) { m.Channels = 1<<16 - 1 },
		"frame_count 3":           func(m *av_capture_msg.AudioData) { m.FrameCount = 3 },
		"frame_count 0":           func(m *av_capture_msg.AudioData) { m.FrameCount = 0 },
		"frame_count 4294967295":  func(m *av_capture_msg.AudioData) { m.FrameCount = 1<<32 - 1 },
		"data has 0":              func(m *av_capture_msg.AudioData) { m.Data = nil },
		"first_frame is 184":      func(m *av_capture_msg.AudioData) { m.FirstFrame = 1<<64 - 1 },
		"first_frame is 922":      func(m *av_capture_msg.AudioData) { m.FirstFrame = 1 << 63 },
		"first_frame is 46116860": func(m *av_capture_msg.AudioData) { m.FirstFrame = lastFrame + 1 },
	} {
		bad := good
		spoil(&bad)
		want = strings.TrimSuffix(want, "…")
		if _, err := BlockOf(&bad); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 300 {
			t.Errorf("%v, want a reason that names %s", err, want)
		}
	}
	last := good
	last.FirstFrame = lastFrame
	if b, err := BlockOf(&last); err != nil || b.End() != lastFrame+2 {
		t.Errorf("the last index of all: %+v, %v", b, err)
	}
}

package nut_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/nut"
)

// gray is a track of raw images.
var gray = nut.Track{FourCC: "Y800", Width: 100, Height: 60, FrameRate: 15}

func TestReaderReadsWhatWriterWrites(t *testing.T) {
	var file bytes.Buffer
	w, err := nut.NewWriter(&file, []nut.Track{gray})
	if err != nil {
		t.Fatal(err)
	}
	times := []time.Duration{0, 1, 127, 128, time.Second, time.Second, time.Millisecond, 1000 * time.Hour}
	image := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 100*60+i) }
	for i, at := range times {
		if err := w.Write(0, int64(at), image(i)); err != nil {
			t.Fatal(err)
		}
	}
	if w.Write(0, -1, nil) == nil {
		t.Error("an image before the start is written")
	}
	r := nut.NewReader(&file)
	stream, err := r.Open()
	if err != nil || stream.Width != 100 || stream.Height != 60 || stream.FourCC != "Y800" || stream.FrameRate != 15 {
		t.Fatalf("%+v, %v", stream, err)
	}
	for i, at := range times {
		packet, err := r.Next()
		if err != nil || packet.Time != at || packet.Size != 100*60+i {
			t.Fatalf("image %d is %+v, %v, want time %v", i, packet, err, at)
		}
		got := make([]byte, packet.Size)
		if err := r.Read(got); err != nil || !bytes.Equal(got, image(i)) {
			t.Errorf("image %d is another one, %v", i, err)
		}
	}
}

func TestFFmpegReadsEachPacketAtItsTime(t *testing.T) {
	var file bytes.Buffer
	w, err := nut.NewWriter(&file, []nut.Track{gray, {FourCC: "PSD\x10", SampleRate: 44100, Channels: 2}, gray})
	if err != nil {
		t.Fatal(err)
	}
	image := make([]byte, 100*60)
	for _, p := range []struct {
		track int
		at    int64
		data  []byte
	}{
		{2, 3_000_000_001, image}, // out of order among tracks
		{0, 0, image},
		{1, 44100, make([]byte, 4*441)},
		{0, 33_333_333, image},
		{0, 3600_123_456_789, image},
		{1, 3600 * 44100, make([]byte, 4*7)},
	} {
		if err := w.Write(p.track, p.at, p.data); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("ffprobe", "-v", "error", "-show_entries", "packet=stream_index,pts,size", "-of", "csv=p=0", "pipe:0")
	command.Stdin = &file
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := "2,3000000001,6000 0,0,6000 1,44100,1764 0,33333333,6000 0,3600123456789,6000 1,158760000,28"
	if got := strings.Join(strings.Fields(string(out)), " "); got != want {
		t.Errorf("ffprobe reads %s, want %s", got, want)
	}
}

package subscriber

import (
	"math/rand/v2"
	"testing"
	"time"

	"av_capture/src/internal/media"
)

// blocksOf returns n stamps of blocks of 10 ms, from an hour on.
func blocksOf(n int, late func(i int) time.Duration) []time.Duration {
	stamps := make([]time.Duration, n)
	for i := range stamps {
		stamps[i] = time.Hour + time.Duration(i)*10*time.Millisecond + late(i)
	}
	return stamps
}

func TestStampsOfOthersCountAudioFrames(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name    string
		stamps  []time.Duration
		missing map[int]uint64 // messages, before a message
		lost    uint64         // [audio frames] at 8000 Hz
		last    uint64         // index of the last block
	}{
		{"steady", blocksOf(1000, func(int) time.Duration { return 0 }), nil, 0, 999 * 80},
		{"a clock 400 ppm fast", blocksOf(1000, func(i int) time.Duration { return time.Duration(i) * 4 * time.Microsecond }), nil, 0, 999 * 80},
		{"stamped when published", blocksOf(1000, func(int) time.Duration { return time.Duration(random.IntN(int(9 * time.Millisecond))) }), nil, 0, 999 * 80},
		{"a block lost", blocksOf(1000, func(i int) time.Duration { return time.Duration(i/500) * 10 * time.Millisecond }), nil, 80, 1000 * 80},
		{"a message lost at first", blocksOf(1000, func(i int) time.Duration { return min(time.Duration(i), 1) * 10 * time.Millisecond }), map[int]uint64{1: 1}, 80, 1000 * 80},
		{"no stamps, two messages lost", make([]time.Duration, 1000), map[int]uint64{7: 2}, 160, 1001 * 80},
		{"a second lost", blocksOf(1000, func(i int) time.Duration { return time.Duration(i/999) * time.Second }), nil, 8000, 999*80 + 8000},
	} {
		var counter counter
		var b Block
		for i, stamp := range c.stamps {
			b = counter.block(stamp, media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.U8}, make([]byte, 80), c.missing[i])
		}
		if counter.lost != c.lost || b.First != c.last || b.Epoch != 0 {
			t.Errorf("%s: %d lost, the last block is at %d of epoch %d; want %d at %d", c.name, counter.lost, b.First, b.Epoch, c.lost, c.last)
		}
	}
}

func TestSoundThatGoesBackOrChangesBeginsAnew(t *testing.T) {
	mono, duo := stereo, stereo
	mono.Channels = 1
	var counter counter
	for i, c := range []struct {
		stamp  time.Duration
		format media.AudioFormat
		first  uint64
		epoch  uint32
	}{
		{time.Hour, duo, 0, 0},
		{time.Hour + 100*time.Millisecond, duo, 800, 0},
		{time.Hour, duo, 1600, 0}, // a clock that was set by less than a second
		{time.Minute, duo, 0, 1},
		{time.Minute + 100*time.Millisecond, mono, 0, 2},
		{3 * time.Hour, mono, 0, 3},
	} {
		b := counter.block(c.stamp, c.format, make([]byte, 800*c.format.FrameSize()), 0)
		if b.First != c.first || b.Epoch != c.epoch {
			t.Errorf("block %d is at %d of epoch %d, want %d of %d", i, b.First, b.Epoch, c.first, c.epoch)
		}
	}
}

func TestInfoIsBesideTheTopicsOfAudioCapture(t *testing.T) {
	for topic, want := range map[string]string{
		"/audio/audio":                   "/audio/audio_info",
		"/audio/audio_stamped":           "/audio/audio_info",
		"/audio":                         "/audio_info",
		"/microphone/audio_common":       "/microphone/audio_common/audio_info",
		"/microphone/audio_common/audio": "/microphone/audio_common/audio_info",
	} {
		if got := InfoTopic(topic); got != want {
			t.Errorf("%s: %s, want %s", topic, got, want)
		}
	}
}

func TestTheSameSoundOfOneNodeIsTakenOnce(t *testing.T) {
	topics := map[string][]string{
		"/ears/audio": {SoundTypes[0]}, "/ears/stamped": {SoundTypes[1]}, "/ears/raw": {SoundTypes[3]},
		"/other/stamped": {SoundTypes[1]}, "/other/plain": {SoundTypes[2]}, "/other/common/plain": {SoundTypes[2]},
		// Of a bag, by one player.
		"/left/audio": {SoundTypes[0]}, "/left/common/stamped": {SoundTypes[1]}, "/leftmost/stamped": {SoundTypes[1]}, "/right/raw": {SoundTypes[3]},
	}
	nodes := map[string][]string{
		"/ears/audio": {"/ears"}, "/ears/stamped": {"/ears"}, "/ears/raw": {"/ears"},
		"/other/stamped": {"/other"}, "/other/plain": {"/other"}, "/other/common/plain": {"/other"},
		"/left/audio": {"/player"}, "/left/common/stamped": {"/player"}, "/leftmost/stamped": {"/player"}, "/right/raw": {"/player"},
	}
	for topic, want := range map[string]bool{
		"/ears/audio": false, "/ears/stamped": true, "/ears/raw": true,
		"/other/stamped": false, "/other/plain": ReadsSound(SoundTypes[1]), "/other/common/plain": ReadsSound(SoundTypes[1]),
		"/left/audio": false, "/left/common/stamped": true, "/leftmost/stamped": false, "/right/raw": false,
	} {
		got, err := Redundant(topic, topics, func(topic string) ([]string, error) { return nodes[topic], nil })
		if got != want || err != nil {
			t.Errorf("%s: %t, %v; want %t", topic, got, err, want)
		}
	}
}

func TestSoundWithoutStampsBeginsAnewAfterAnHour(t *testing.T) {
	for _, missing := range []uint64{36001, 1 << 20, 1 << 60, 1<<64 - 2} {
		var counter counter
		counter.block(0, stereo, make([]byte, 800*stereo.FrameSize()*stereo.SampleRate/8000), 0)
		if b := counter.block(0, stereo, make([]byte, 4), missing); b.Epoch != 1 || b.First != 0 || counter.lost != 0 {
			t.Errorf("after %d messages it goes on at %d of epoch %d, %d lost", missing, b.First, b.Epoch, counter.lost)
		}
	}
}

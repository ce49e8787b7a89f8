package playback_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/playback"
)

var errGone = errors.New("gone")

// loudspeakers is a sound system whose devices read much faster than real time.
type loudspeakers struct {
	mu     sync.Mutex
	absent bool
	opened []*loudspeaker
	said   []string
	grown  chan struct{} // has room for one
}

type loudspeaker struct {
	system *loudspeakers
	format media.AudioFormat
	lost   chan struct{}
	played []byte // guarded by system.mu
}

func (l *loudspeakers) open(_ context.Context, format media.AudioFormat) (playback.Device, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.absent {
		return nil, fmt.Errorf("none: %w", media.ErrAbsent)
	}
	d := &loudspeaker{system: l, format: format, lost: make(chan struct{})}
	l.opened = append(l.opened, d)
	return d, nil
}

func (l *loudspeakers) say(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, text)
}

func (l *loudspeakers) grew() {
	select {
	case l.grown <- struct{}{}:
	default:
	}
}

// wait waits until a condition holds, which it calls with the system locked.
func (l *loudspeakers) wait(t *testing.T, condition func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		l.mu.Lock()
		ok := condition()
		l.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-l.grown:
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("not within a minute; said %q", l.said)
		}
	}
}

func (d *loudspeaker) Run(ctx context.Context, read func([]byte)) error {
	output := make([]byte, 100*d.format.FrameSize())
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.lost:
			return errGone
		default:
		}
		read(output)
		d.system.mu.Lock()
		d.played = append(d.played, output...)
		d.system.mu.Unlock()
		d.system.grew()
		select { // of a device that did not wait nobody could say when it ended
		case <-ctx.Done():
		case <-time.After(time.Millisecond):
		}
	}
}

func (d *loudspeaker) Buffered() int             { return 250 }
func (d *loudspeaker) Starved() uint64           { return 0 }
func (d *loudspeaker) Format() media.AudioFormat { return d.format }
func (d *loudspeaker) Close() error              { return nil }

// player returns a player that runs, and a function that waits for its end.
func player(t *testing.T, l *loudspeakers) (*playback.Player, func() error) {
	l.grown = make(chan struct{}, 1)
	p := playback.NewPlayer(playback.Config{Open: l.open, Target: time.Millisecond, Info: l.say, Error: l.say})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	t.Cleanup(cancel)
	return p, func() error { return <-ended }
}

func block(first uint64, data []byte, format media.AudioFormat) playback.Block {
	return playback.Block{First: first, Format: format, Data: data}
}

func TestPlayerPlaysAllBeforeItEnds(t *testing.T) {
	var l loudspeakers
	p, end := player(t, &l)
	p.Put(block(1000, sound(0, 500), numbered))
	p.Put(block(1507, sound(500, 500), numbered))
	p.End()
	p.Put(block(2007, sound(1000, 500), numbered))
	if err := end(); err != nil {
		t.Fatal(err)
	}
	want := append(append(sound(0, 500), make([]byte, 4*7)...), sound(500, 500)...)
	got := l.opened[0].played
	if at := bytes.Index(got, want); at < 0 || len(got)-at-len(want) < 4*250 {
		t.Errorf("played %d bytes, want all of %d, and what the device holds back", len(got), len(want))
	}
	if s := p.Statistics(); s.Played != 1007 || s.Missing != 7 || s.Streams != 1 || s.Fill != 0 || s.Time != 1007*time.Second/rate {
		t.Errorf("%+v", s)
	}
}

func TestPlayerOpensTheDeviceAnewForAnotherFormat(t *testing.T) {
	var l loudspeakers
	p, end := player(t, &l)
	other := media.AudioFormat{SampleRate: 16000, Channels: 2, Encoding: media.S16LE}
	p.Put(block(0, sound(0, 5000), numbered))
	p.Put(block(5000, sound(5000, 5000), other))
	p.Put(block(0, sound(10000, 5000), numbered))
	p.End()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if len(l.opened) != 3 {
		t.Fatalf("%d devices, want 3", len(l.opened))
	}
	for i, format := range []media.AudioFormat{numbered, other, numbered} {
		if d := l.opened[i]; d.format != format || !bytes.Contains(d.played, sound(5000*i, 5000)) {
			t.Errorf("device %d: %v, without all of its sound", i, d.format)
		}
	}
}

func TestPlayerWaitsForALostDevice(t *testing.T) {
	var l loudspeakers
	l.absent = true
	p, end := player(t, &l)
	p.Put(block(0, sound(0, 100), numbered))
	count := func(what string) (n int) {
		for _, text := range l.said {
			if strings.Contains(text, what) {
				n++
			}
		}
		return n
	}
	l.wait(t, func() bool { return count("trying again") == 1 })
	l.mu.Lock()
	l.absent = false
	l.mu.Unlock()
	l.wait(t, func() bool { return len(l.opened) == 1 && bytes.Contains(l.opened[0].played, sound(0, 100)) })
	l.mu.Lock()
	l.absent = true
	close(l.opened[0].lost)
	l.mu.Unlock()
	l.wait(t, func() bool { return count("gone; trying again") == 1 })
	p.Put(block(100, sound(100, 100), numbered))
	l.mu.Lock()
	l.absent = false
	l.mu.Unlock()
	l.wait(t, func() bool { return len(l.opened) == 2 && len(l.opened[1].played) > 0 }) // what comes before may be skipped
	p.Put(block(200, sound(200, 100), numbered))
	p.End()
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(l.opened[1].played, sound(200, 100)) {
		t.Error("nothing is played after the loss")
	}
	if s := p.Statistics(); s.Lost != 1 || s.Played+s.Skipped != 300 {
		t.Errorf("%+v, want one loss, and 300 audio frames played or skipped", s)
	}
	if again := count("playing again"); again < 1 {
		t.Errorf("said %q, want that it plays again", l.said)
	}
}

func TestPlayerDoesNotWaitForADeviceAtItsEnd(t *testing.T) {
	l := loudspeakers{absent: true}
	p, end := player(t, &l)
	p.Put(block(0, sound(0, 100), numbered))
	p.End()
	if err := end(); !errors.Is(err, playback.ErrUnplayed) || !errors.Is(err, media.ErrAbsent) {
		t.Errorf("%v, want %v with the reason", err, playback.ErrUnplayed)
	}
	p, end = player(t, &loudspeakers{absent: true})
	p.End()
	if err := end(); err != nil {
		t.Errorf("%v, want nothing: there was nothing to be played", err)
	}
}

func TestPlayerBoundsFormatsThatChangeAllTheTime(t *testing.T) {
	l := loudspeakers{absent: true}
	p, end := player(t, &l)
	other := numbered
	other.SampleRate++
	for i := range 100 {
		p.Put(block(0, sound(0, 10), []media.AudioFormat{numbered, other}[i%2]))
	}
	if s := p.Statistics(); s.Streams != 100 || s.Skipped < 900 {
		t.Errorf("%+v, want nearly all skipped", s)
	}
	p.End()
	if err := end(); !errors.Is(err, playback.ErrUnplayed) {
		t.Error(err)
	}
}

package playback

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

const (
	firstPause   = 100 * time.Millisecond // between two attempts to open the loudspeaker, doubled up to longestPause
	longestPause = 2 * time.Second

	// waitingStreams bounds the streams that wait for the end of the present one. More
	// than one wait only if the format changes all the time.
	waitingStreams = 4
)

// ErrUnplayed means that there is no device for the rest of the sound.
var ErrUnplayed = errors.New("not played")

// Device is an open loudspeaker.
type Device interface {
	// Run plays the sound from read until ctx ends (nil) or the device is lost. It calls
	// read on one thread of the sound system at a time, and never after Run returned.
	// The size of dst is the device's choice.
	Run(ctx context.Context, read func(dst []byte)) error

	// Buffered returns the largest number of audio frames between read and the
	// loudspeaker, which are lost when Run ends.
	Buffered() int

	// Starved returns the number of known underruns of the device's own buffer.
	Starved() uint64

	// Format returns the format of the sound from read.
	Format() media.AudioFormat

	// Close closes the device. It may be called any number of times.
	Close() error
}

// Config configures a [Player].
type Config struct {
	// Open opens the device for sound of a format. It returns early if ctx ends.
	Open func(ctx context.Context, format media.AudioFormat) (Device, error)

	Target time.Duration // delay of sound before it is played

	Info, Error func(text string) // log events and failures
}

// Statistics are the totals of a Player.
type Statistics struct {
	Counts
	Time     time.Duration // duration of Played
	Streams  int           // changes of the format, and the first one
	Restarts uint64        // restarts in the same format
	Ignored  uint64        // blocks that are duplicates, too late, or cannot be played
	Starved  uint64        // known underruns of the device's own buffer
	Lost     uint64        // losses of the device
	Fill     time.Duration // sound that waits to be played
}

// Player plays blocks as they come. Any goroutine may call its methods, but for Put.
type Player struct {
	config Config
	now    func() time.Duration
	pause  time.Duration // before the next attempt to open a device

	mu        sync.Mutex
	sequencer sequencer
	streams   []*Ring    // the one that is played, and those that wait for its end
	past      Statistics // of the streams that have ended
	device    Device     // nil while none is open
	ended     bool
	warned    bool          // an unplayable block was logged
	changed   chan struct{} // has room for one; signals that streams or ended changed
}

// NewPlayer returns a player.
func NewPlayer(config Config) *Player {
	return &Player{config: config, now: clock.Monotonic, pause: firstPause, changed: make(chan struct{}, 1)}
}

// Put takes a block and copies its data. It does not block. One goroutine at a time calls
// it.
func (p *Player) Put(b Block) {
	for _, s := range p.take(b) {
		s.ring.Put(s.missing, s.Data, p.now())
	}
}

// placed is a block and its stream.
type placed struct {
	step
	ring *Ring
}

// take returns the blocks to be played now, with their streams.
func (p *Player) take(b Block) []placed {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return nil
	}
	// Before the sequencer: a block that cannot be played changes nothing.
	if err := check(b.Format, p.config.Target); err != nil {
		p.past.Ignored++
		if !p.warned {
			p.warned = true
			p.config.Error(fmt.Sprintf("blocks like this one cannot be played: %v", err))
		}
		return nil
	}
	var found []placed
	for _, s := range p.sequencer.take(b) {
		switch newest := len(p.streams) - 1; {
		case newest < 0 || p.streams[newest].Format() != s.Format:
			p.begin(s.Format)
		case s.restart:
			p.past.Restarts++
			p.streams[newest].Restart(p.now())
			p.config.Info("the sound restarts")
		}
		found = append(found, placed{s, p.streams[len(p.streams)-1]})
	}
	return found
}

// begin begins a stream. p.mu is held.
func (p *Player) begin(format media.AudioFormat) {
	if n := len(p.streams); n > 0 {
		p.config.Info("the format changes to " + format.String())
		p.streams[n-1].End()
	}
	room := capacity(format, p.config.Target) * int64(format.FrameSize())
	for len(p.streams) > 1 && (len(p.streams) > waitingStreams || p.memory()+room > maxMemory) {
		// The second one: the first one is being played.
		p.retire(1, true)
	}
	p.past.Streams++
	p.streams = append(p.streams, NewRing(format, p.config.Target))
	p.signal()
}

// memory returns the memory of all streams [bytes]. p.mu is held.
func (p *Player) memory() int64 {
	var bytes int64
	for _, r := range p.streams {
		bytes += r.memory()
	}
	return bytes
}

// retire removes a stream and keeps its counts. p.mu is held.
func (p *Player) retire(i int, unplayed bool) {
	r := p.streams[i]
	counts := r.Counts()
	if unplayed {
		counts.Skipped += r.waiting()
	}
	p.past.Counts.add(counts)
	p.past.Time += r.duration(counts.Played)
	p.streams = append(p.streams[:i], p.streams[i+1:]...)
}

// signal wakes Run. p.mu is held.
func (p *Player) signal() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// End ends the input: Run returns when the rest has been played.
func (p *Player) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if n := len(p.streams); n > 0 {
		p.streams[n-1].End()
	}
	p.signal()
}

// Statistics returns the totals so far.
func (p *Player) Statistics() Statistics {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.past
	s.Ignored += p.sequencer.ignored + uint64(len(p.sequencer.old))
	if p.device != nil {
		s.Starved += p.device.Starved()
	}
	for _, r := range p.streams {
		counts := r.Counts()
		s.Counts.add(counts)
		s.Time += r.duration(counts.Played)
		s.Fill += r.Fill()
	}
	return s
}

// Run plays until all is played after [Player.End], or until ctx ends. It reopens a lost
// device. After End it returns an [ErrUnplayed] if there is no device for the rest.
func (p *Player) Run(ctx context.Context) error {
	logged := ""
	for ctx.Err() == nil {
		ring, ended := p.current()
		switch {
		case ring == nil && ended:
			return nil
		case ring == nil:
			select {
			case <-ctx.Done():
			case <-p.changed:
			}
			continue
		}
		err := p.play(ctx, ring, &logged)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			p.mu.Lock()
			p.retire(0, false)
			p.mu.Unlock()
			continue
		case p.hasEnded():
			if p.Statistics().Fill == 0 {
				return nil
			}
			return fmt.Errorf("%.3f s of sound: %w: %w", p.Statistics().Fill.Seconds(), ErrUnplayed, err)
		}
		if err.Error() != logged {
			logged = err.Error()
			p.config.Error(fmt.Sprintf("%v; trying again until it works, at least every %v", err, longestPause))
		}
		p.backOff(ctx)
	}
	return nil
}

// current returns the stream to be played, or nil.
func (p *Player) current() (r *Ring, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.streams) > 0 {
		r = p.streams[0]
	}
	return r, p.ended
}

func (p *Player) hasEnded() bool {
	_, ended := p.current()
	return ended
}

// backOff waits before the next attempt, or until the streams change.
func (p *Player) backOff(ctx context.Context) {
	timer := time.NewTimer(p.pause)
	defer timer.Stop()
	p.pause = min(2*p.pause, longestPause)
	select {
	case <-ctx.Done():
	case <-p.changed:
	case <-timer.C:
	}
}

// play opens a device and plays a stream to its end. logged is the last error that was
// logged.
func (p *Player) play(ctx context.Context, ring *Ring, logged *string) error {
	device, err := p.config.Open(ctx, ring.Format())
	if err != nil {
		return err
	}
	defer device.Close() // the errors of a lost device are useless
	again := ""
	if *logged != "" {
		again = " again"
	}
	*logged = ""
	p.config.Info(fmt.Sprintf("playing%s on %s: %s", again, device.Format().Device, device.Format()))
	ring.Resume(p.now())
	p.mu.Lock()
	p.device = device
	p.mu.Unlock()

	running, stop := context.WithCancel(ctx)
	defer stop()
	played := make(chan struct{}, 1)
	go func() {
		select {
		case <-played:
			stop()
		case <-running.Done():
		}
	}()
	silent, over := 0, false
	err = device.Run(running, func(dst []byte) {
		if !ring.Read(dst, p.now()) {
			p.pause = firstPause
			return
		}
		// After Buffered more frames of silence the device has played all sound.
		if silent += len(dst) / ring.frameSize; silent >= device.Buffered() && !over {
			over = true
			played <- struct{}{}
		}
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.past.Starved += device.Starved()
	p.device = nil
	if over || err == nil {
		return nil
	}
	p.past.Lost++
	return err
}

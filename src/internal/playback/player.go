package playback

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
)

const (
	firstPause   = 100 * time.Millisecond // between two tries to open a device
	longestPause = 2 * time.Second

	// waitingStreams is how many streams may wait for the one that is played to
	// come to its end: more than one only where the format changes all the time.
	waitingStreams = 4
)

// ErrUnplayed says that there is no device for what there is to be played.
var ErrUnplayed = errors.New("not played")

// Device is a loudspeaker that is open.
type Device interface {
	// Run plays what read gives it until ctx ends (nil) or the device is lost.
	// It calls read on a thread of the sound system's, never on two at once
	// and never after it has returned. The size of what it asks for is its own.
	Run(ctx context.Context, read func(dst []byte)) error

	// Buffered returns how many audio frames may be on their way to the
	// loudspeaker after they were read, and are lost if Run is ended then.
	Buffered() int

	// Starved returns how often the device's buffer has run empty since it was
	// asked too late, as far as that is known.
	Starved() uint64

	// Format returns the format of what is read.
	Format() acquire.AudioFormat

	// Close gives the device back. It may be called any number of times.
	Close() error
}

// Config is what a player is made of.
type Config struct {
	// Open opens the device for sound of a format. It returns early when ctx ends.
	Open func(ctx context.Context, format acquire.AudioFormat) (Device, error)

	Target time.Duration // that sound waits before it is played

	Info, Error func(text string) // tell a user what happens
}

// Statistics is what has happened so far.
type Statistics struct {
	Counts
	Time    time.Duration // that Played sounds
	Streams int           // that have begun, by format
	Anew    uint64        // times that sound began anew in the same format
	Ignored uint64        // blocks that came twice or too late
	Starved uint64        // times that the device's own buffer ran empty, as far as that is known
	Lost    uint64        // times that the device was lost
	Fill    time.Duration // that waits to be played
}

// Player plays blocks as they come.
type Player struct {
	config Config
	now    func() time.Duration
	pause  time.Duration // before the next try

	mu      sync.Mutex
	order   order
	streams []*Ring // the one that is played, and those that wait for its end
	past    Statistics
	device  Device // that is open
	ended   bool
	changed chan struct{} // has room for one: streams or ended are not what they were
}

// NewPlayer returns a player.
func NewPlayer(config Config) *Player {
	return &Player{config: config, now: acquire.Monotonic, pause: firstPause, changed: make(chan struct{}, 1)}
}

// Put takes a block, which it does not keep for long. It does not block. One
// goroutine calls it.
func (p *Player) Put(b Block) {
	for _, s := range p.take(b) {
		s.ring.Put(s.missing, s.Data, p.now())
	}
}

// placed is a block and where it belongs.
type placed struct {
	step
	ring *Ring
}

// take finds the places of what is to be played now.
func (p *Player) take(b Block) []placed {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return nil
	}
	var found []placed
	for _, s := range p.order.take(b) {
		switch newest := len(p.streams) - 1; {
		case newest < 0 || p.streams[newest].Format() != s.Format:
			p.begin(s.Format)
		case s.anew:
			p.past.Anew++
			p.streams[newest].Renew(p.now())
			p.config.Info("the sound begins anew")
		}
		found = append(found, placed{s, p.streams[len(p.streams)-1]})
	}
	return found
}

// begin begins a stream. p.mu is held.
func (p *Player) begin(format acquire.AudioFormat) {
	if n := len(p.streams); n > 0 {
		p.config.Info("the format changes to " + format.String())
		p.streams[n-1].End()
	}
	if len(p.streams) > waitingStreams {
		// The second one: the first one is being played.
		p.retire(1, true)
	}
	p.past.Streams++
	p.streams = append(p.streams, NewRing(format, p.config.Target))
	p.signal()
}

// retire forgets a stream. p.mu is held.
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

// signal wakes Run up. p.mu is held.
func (p *Player) signal() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// End says that nothing more will come: Run returns when what is there has been
// played.
func (p *Player) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	if n := len(p.streams); n > 0 {
		p.streams[n-1].End()
	}
	p.signal()
}

// Statistics returns what has happened so far.
func (p *Player) Statistics() Statistics {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.past
	s.Ignored = p.order.ignored + uint64(len(p.order.old))
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

// Run plays until [Player.End] and then what is left, or until ctx ends. It
// returns an [ErrUnplayed] if there is no device for what is left.
func (p *Player) Run(ctx context.Context) error {
	said := ""
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
		err := p.play(ctx, ring, &said)
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
		if err.Error() != said {
			said = err.Error()
			p.config.Error(fmt.Sprintf("%v; trying again until it works, at least every %v", err, longestPause))
		}
		p.rest(ctx)
	}
	return nil
}

// current returns the stream that is to be played, or nil.
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

// rest waits before the next try, unless the end has come.
func (p *Player) rest(ctx context.Context) {
	timer := time.NewTimer(p.pause)
	defer timer.Stop()
	p.pause = min(2*p.pause, longestPause)
	select {
	case <-ctx.Done():
	case <-p.changed:
	case <-timer.C:
	}
}

// play opens a device and plays a stream to its end.
func (p *Player) play(ctx context.Context, ring *Ring, said *string) error {
	device, err := p.config.Open(ctx, ring.Format())
	if err != nil {
		return err
	}
	defer device.Close() // what a device that has gone answers is of no use
	again := ""
	if *said != "" {
		again = " again"
	}
	*said = ""
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
		// The device plays what it has read before it has read as much again.
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

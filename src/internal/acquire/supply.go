package acquire

import (
	"sync/atomic"
	"time"
)

// Supplied is an [AudioSource] whose sound waits in it until somebody takes it, so that nobody
// is woken before. Run emits the sound that nobody has pulled for a quarter of a second.
type Supplied interface {
	AudioSource

	// Supply returns the supply of this opening. It is called between Open and Run.
	Supply() Supply
}

// Supply is where the sound of one opening waits. Any goroutine may call it at any time; no call
// waits for a device. It is a supply of package buffer.
type Supply interface {
	// Pull emits all that has come, on the goroutine that calls. It does nothing but during Run.
	Pull()

	// Arm has the descriptor become readable, for poll(2), when so many audio frames more than
	// were emitted have come, and replaces what was armed before. It returns true if they are
	// there already. It does not wait for emit.
	Arm(frames uint64) bool

	// Descriptor returns that descriptor. It is open until Close.
	Descriptor() int

	// Thread returns the thread of the sound system that captures, or 0 if there is none, or no
	// sound yet.
	Thread() int
}

// PullLimit is the time after which Run emits what nobody has pulled.
const PullLimit = 250 * time.Millisecond

// Pulls tells Run of a [Supplied] whether anybody pulls. Whoever does is not held up by Run.
type Pulls struct {
	count atomic.Uint64
	seen  uint64
}

// Add notes a pull. Any goroutine may call it.
func (p *Pulls) Add() { p.count.Add(1) }

// Idle reports whether nobody has pulled since its last call. Run calls it.
func (p *Pulls) Idle() bool {
	last := p.seen
	p.seen = p.count.Load()
	return p.seen == last
}

package camera

import (
	"context"
	"sync"

	"av_capture/src/internal/imaging"
)

// frame is a copy of an image, in memory of its own.
type frame struct {
	imaging.OwnedImage
	stamp imageStamp
}

// mailbox hands frames from the source's goroutine to a slower one and keeps the
// latest: a frame that still waits when the next one comes is replaced by it. So
// the source never waits, and work is done on frames as new as can be.
//
// There are three frames, so that none is ever missing: one is filled, one waits,
// one is worked on. They get their memory when they are first used.
type mailbox struct {
	mu       sync.Mutex
	spare    []*frame
	waiting  *frame // nil while none is
	replaced uint64 // frames that newer ones have replaced

	ready chan struct{} // has room for one: a frame waits
}

func newMailbox() *mailbox {
	return &mailbox{
		spare: []*frame{new(frame), new(frame), new(frame)},
		ready: make(chan struct{}, 1),
	}
}

// borrow returns a frame to be filled, which is then put or given back. One
// goroutine at a time fills.
func (m *mailbox) borrow() *frame {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := len(m.spare) - 1
	f := m.spare[last]
	m.spare = m.spare[:last]
	return f
}

// put makes a frame the one that waits.
func (m *mailbox) put(f *frame) {
	m.mu.Lock()
	if m.waiting != nil {
		m.spare = append(m.spare, m.waiting)
		m.replaced++
	}
	m.waiting = f
	m.mu.Unlock()
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

// take waits for a frame and returns it, or nil when ctx has ended. The frame is
// given back when the work is done. One goroutine at a time takes.
func (m *mailbox) take(ctx context.Context) *frame {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-m.ready:
		}
		m.mu.Lock()
		f := m.waiting
		m.waiting = nil
		m.mu.Unlock()
		if f != nil {
			return f
		}
	}
}

// giveBack returns a frame that is not needed any more.
func (m *mailbox) giveBack(f *frame) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spare = append(m.spare, f)
}

// skipped returns the number of frames replaced since the node started.
func (m *mailbox) skipped() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.replaced
}

// close frees the memory. Nobody may use the mailbox any more.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range append(m.spare, m.waiting) {
		if f != nil {
			f.Close()
		}
	}
}

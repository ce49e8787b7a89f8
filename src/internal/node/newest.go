package node

import (
	"context"
	"sync"
	"time"

	"av_capture/src/internal/imaging"
)

// still is an image that was put aside, in memory of its own.
type still struct {
	imaging.Picture
	stamp time.Time // ROS time
}

// newest hands images from the source's goroutine to one that takes its time
// with them: an image that still waits when the next one comes is replaced by
// it. So the source never waits, and what is worked on is as new as can be.
//
// There are three stills, so that none is ever missing: one is filled, one
// waits, one is worked on. They get their memory when they are first used.
type newest struct {
	mu      sync.Mutex
	spare   []*still
	waiting *still // nil while none is
	skipped uint64 // how many were replaced

	ready chan struct{} // has room for one: a still waits
}

func newNewest() *newest {
	return &newest{
		spare: []*still{new(still), new(still), new(still)},
		ready: make(chan struct{}, 1),
	}
}

// blank returns a still to be filled. It is then offered or put back. One
// goroutine at a time fills.
func (n *newest) blank() *still {
	n.mu.Lock()
	defer n.mu.Unlock()
	last := len(n.spare) - 1
	s := n.spare[last]
	n.spare = n.spare[:last]
	return s
}

// offer hands a still over.
func (n *newest) offer(s *still) {
	n.mu.Lock()
	if n.waiting != nil {
		n.spare = append(n.spare, n.waiting)
		n.skipped++
	}
	n.waiting = s
	n.mu.Unlock()
	select {
	case n.ready <- struct{}{}:
	default:
	}
}

// take waits for a still and returns it, or nil when ctx has ended. It is put
// back when the work is done. One goroutine at a time takes.
func (n *newest) take(ctx context.Context) *still {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-n.ready:
		}
		n.mu.Lock()
		s := n.waiting
		n.waiting = nil
		n.mu.Unlock()
		if s != nil {
			return s
		}
	}
}

// putBack returns a still that is not needed any more.
func (n *newest) putBack(s *still) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.spare = append(n.spare, s)
}

// missed returns how many stills have been replaced since the node started.
func (n *newest) missed() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.skipped
}

// close frees the memory. Nobody may use it any more.
func (n *newest) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range append(n.spare, n.waiting) {
		if s != nil {
			s.Close()
		}
	}
}

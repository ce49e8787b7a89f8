package program

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Bounds of a stream's queue.
const (
	pieceLimit = 1000
	byteLimit  = 1 << 20 // [bytes]
)

// Out is standard output. Write neither waits nor fails: a terminal may stand still (Ctrl-S),
// a pipe be full, a reader be gone. The log has queues of its own in rclgo.
var Out = newStream(func() io.Writer { return os.Stdout })

// Stream is a writer with a bounded queue, which a goroutine empties. Pieces that do not fit
// are left out, and a line in their place gives their number. Any goroutine may use it.
type Stream struct {
	to func() io.Writer

	mu      sync.Mutex
	pieces  []piece // the goroutine runs while there are any
	bytes   int
	missing int           // since the newest piece
	empty   chan struct{} // closed when the goroutine ends; nil without one
}

// piece holds the bytes of one call of Write.
type piece struct {
	data    []byte
	missing int // [pieces] left out before it
}

func newStream(to func() io.Writer) *Stream { return &Stream{to: to} }

// Write puts p into the queue.
func (s *Stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pieces) >= pieceLimit || len(s.pieces) > 0 && s.bytes+len(p) > byteLimit {
		s.missing++
		return len(p), nil
	}
	s.pieces = append(s.pieces, piece{append([]byte(nil), p...), s.missing})
	s.bytes += len(p)
	s.missing = 0
	if s.empty == nil {
		s.empty = make(chan struct{})
		go s.drain(s.empty)
	}
	return len(p), nil
}

// drain writes the queue, and ends when it is empty.
func (s *Stream) drain(empty chan struct{}) {
	defer close(empty)
	for {
		data, ok := s.next()
		if !ok {
			return
		}
		// The caller of Write cannot do anything about an error.
		_, _ = s.to().Write(data)
		s.written()
	}
}

// next returns the next bytes to write; false ends the goroutine.
func (s *Stream) next() (data []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(s.pieces) > 0:
		return append(missingLine(s.pieces[0].missing), s.pieces[0].data...), true
	case s.missing > 0: // after the newest
		data, s.missing = missingLine(s.missing), 0
		s.pieces = append(s.pieces, piece{})
		return data, true
	}
	s.empty = nil
	return nil, false
}

// written removes the oldest piece, which counts until it is written.
func (s *Stream) written() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes -= len(s.pieces[0].data)
	s.pieces = s.pieces[1:]
}

// missingLine returns the line for n missing pieces, nil for none.
func missingLine(n int) []byte {
	if n == 0 {
		return nil
	}
	return fmt.Appendf(nil, "%d lines are missing here: they were not read in time\n", n)
}

// Flush waits until the queue is empty, at most for limit, and reports whether it is.
func (s *Stream) Flush(limit time.Duration) bool {
	s.mu.Lock()
	empty := s.empty
	s.mu.Unlock()
	if empty == nil {
		return true
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-empty:
		return true
	case <-timer.C:
		return false
	}
}

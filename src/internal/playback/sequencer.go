package playback

import (
	"time"

	"av_capture/src/internal/media"
)

// Block is a block of sound from a topic.
type Block struct {
	First  uint64        // index of the first audio frame
	Epoch  uint32        // of the indices
	Stamp  time.Duration // time of the first audio frame, from any origin; 0 if unknown
	Format media.AudioFormat
	Data   []byte // whole audio frames, interleaved; owned by the block
}

// End returns the index one past the last audio frame.
func (b Block) End() uint64 { return b.First + uint64(len(b.Data)/b.Format.FrameSize()) }

const (
	// maxBehind is the greatest distance back of the index of a duplicate, or of a
	// block that was overtaken.
	maxBehind = time.Second

	// restartAfter is the number of consecutive blocks with old indices that mean a
	// restart.
	restartAfter = 3
)

// step is a block to be played.
type step struct {
	Block
	restart bool   // its indices are independent of those before
	missing uint64 // [audio frames] before it
}

// sequencer orders blocks as they come.
type sequencer struct {
	begun   bool
	next    uint64 // index one past the newest block
	newest  Block  // without its data
	old     []Block
	ignored uint64 // number of blocks
}

// take takes a block and returns the blocks to be played now.
//
// Indices that go back belong to a duplicate or an overtaken block, which is dropped, or to
// a restart of the publisher or of a bag. It is a restart if the stamp or the epoch says so,
// if the index is far away, or if more such blocks follow.
func (s *sequencer) take(b Block) []step {
	switch {
	case !s.begun || b.Format != s.newest.Format:
		return s.begin(b)
	case b.First >= s.next:
		missing := b.First - s.next
		s.follow(b)
		return []step{{Block: b, missing: missing}}
	case b.Epoch != s.newest.Epoch, b.Stamp > s.newest.Stamp && s.newest.Stamp > 0,
		s.next-b.First > uint64(maxBehind.Seconds()*float64(b.Format.SampleRate)):
		return s.begin(b)
	}
	if n := len(s.old); n > 0 && s.old[n-1].End() != b.First {
		s.forget()
	}
	s.old = append(s.old, b)
	if len(s.old) < restartAfter {
		return nil
	}
	return s.begin(s.old...)
}

// begin restarts with consecutive blocks.
func (s *sequencer) begin(blocks ...Block) []step {
	steps := make([]step, len(blocks))
	for i, b := range blocks {
		steps[i] = step{Block: b, restart: i == 0}
	}
	s.begun, s.old = true, nil
	s.follow(blocks[len(blocks)-1])
	return steps
}

// follow makes b the newest block.
func (s *sequencer) follow(b Block) {
	s.forget()
	s.next = b.End()
	b.Data = nil
	s.newest = b
}

// forget drops the blocks with old indices.
func (s *sequencer) forget() {
	s.ignored += uint64(len(s.old))
	s.old = nil
}

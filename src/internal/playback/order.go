package playback

import (
	"time"

	"av_capture/src/internal/acquire"
)

// Block is a block of a topic.
type Block struct {
	First  uint64        // index of the first audio frame
	Epoch  uint32        // of the indices
	Stamp  time.Duration // of the first audio frame, in any epoch; 0 if there is none
	Format acquire.AudioFormat
	Data   []byte // whole audio frames, interleaved; the block's own
}

// End returns the index one past the last audio frame.
func (b Block) End() uint64 { return b.First + uint64(len(b.Data)/b.Format.FrameSize()) }

const (
	// behind is how old the index of a block may be for it to be a copy of
	// one that came before, or one that was overtaken.
	behind = time.Second

	// insistence is how many such blocks, one after another without a gap,
	// are no copies, but sound that begins anew.
	insistence = 3
)

// step is a block that is to be played.
type step struct {
	Block
	anew    bool   // its indices have nothing to do with those before
	missing uint64 // [audio frames] before it
}

// order tells what to do with blocks as they come.
type order struct {
	begun   bool
	next    uint64 // index one past the newest block
	newest  Block  // without its data
	old     []Block
	ignored uint64 // blocks
}

// take takes a block and returns what is to be played now.
//
// Indices that go back are those of a copy or of a block that was overtaken, which
// is left out; or the sound begins anew, since its publisher has been started
// anew or a bag is played once more. It does so where the stamp or the epoch says
// so, or the index is far away, or more such blocks follow.
func (o *order) take(b Block) []step {
	switch {
	case !o.begun || b.Format != o.newest.Format:
		return o.begin(b)
	case b.First >= o.next:
		missing := b.First - o.next
		o.follow(b)
		return []step{{Block: b, missing: missing}}
	case b.Epoch != o.newest.Epoch, b.Stamp > o.newest.Stamp && o.newest.Stamp > 0,
		o.next-b.First > uint64(behind.Seconds()*float64(b.Format.SampleRate)):
		return o.begin(b)
	}
	if n := len(o.old); n > 0 && o.old[n-1].End() != b.First {
		o.forget()
	}
	o.old = append(o.old, b)
	if len(o.old) < insistence {
		return nil
	}
	return o.begin(o.old...)
}

// begin begins anew with blocks that follow each other.
func (o *order) begin(blocks ...Block) []step {
	steps := make([]step, len(blocks))
	for i, b := range blocks {
		steps[i] = step{Block: b, anew: i == 0}
	}
	o.begun, o.old = true, nil
	o.follow(blocks[len(blocks)-1])
	return steps
}

// follow notes the newest block.
func (o *order) follow(b Block) {
	o.forget()
	o.next = b.End()
	b.Data = nil
	o.newest = b
}

// forget leaves out the blocks that were too old.
func (o *order) forget() {
	o.ignored += uint64(len(o.old))
	o.old = nil
}

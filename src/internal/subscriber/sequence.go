package subscriber

import "av_capture/src/internal/media"

// Step is the relation of a block to the one before it.
type Step int

// The steps.
const (
	Begins    Step = iota // it is the first one
	Follows               // no audio frame is missing between the two
	Skips                 // audio frames are missing
	Restarts              // its indices have begun anew: another node, or the same or a bag once more
	Reformats             // its format is another one
)

// Sequence compares each block with the one before it. The zero Sequence has seen none.
type Sequence struct {
	begun  bool
	next   uint64 // index one past the newest block
	format media.AudioFormat
}

// Next compares the next block. For [Skips], missing is the number of audio frames that are
// missing before it.
func (s *Sequence) Next(b Block) (step Step, missing uint64) {
	before := *s
	s.begun, s.next, s.format = true, b.End(), b.Format
	switch {
	case !before.begun:
		return Begins, 0
	case b.Format != before.format:
		return Reformats, 0
	case b.First < before.next:
		return Restarts, 0
	case b.First > before.next:
		return Skips, b.First - before.next
	}
	return Follows, 0
}

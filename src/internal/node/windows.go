package node

import (
	"context"

	"av_capture/src/internal/buffer"
)

// unwantedPause is how long sound is passed over at least, while nobody is
// subscribed to what is made of its windows. The sound system's callback wakes
// each reader whose window is whole, which is what it spends most time on; a
// subscription takes longer than this to be made.
const unwantedPause = 0.1 // [s]

// windows reads the windows of sound that one topic is made of, each a hop after
// the one before. One goroutine uses it.
type windows struct {
	reader *buffer.Reader
	wanted func() bool // whether anybody is subscribed to the topic
	rate   float64     // [Hz]
	at     uint64      // index of the first audio frame of the next window
}

// windows returns what reads the windows of a topic that may be wanted, from the
// first audio frame of this opening of the source on.
func (c *capture) windows(wanted func() bool) *windows {
	return &windows{reader: c.reader(), wanted: wanted, rate: float64(c.format.SampleRate), at: c.before.next}
}

// next waits for the next window that a subscriber would see, copies it into
// data, and returns the index of its first audio frame. Without a subscriber
// windows are passed over. A window never reaches over lost sound: the next one
// starts after it. follows says that neither has happened since the window
// before.
//
// It returns ctx's error when ctx ends, and io.EOF when nothing is left.
func (w *windows) next(ctx context.Context, data []byte, size, hop int) (first uint64, follows bool, err error) {
	for follows = true; ; follows = false {
		first, n, err := w.reader.Read(ctx, w.at, data)
		if err != nil {
			return 0, false, err
		}
		follows = follows && first == w.at
		switch {
		case n < size:
			w.at = first + uint64(n)
		case !w.wanted():
			hops := max(1, int(unwantedPause*w.rate)/hop)
			w.at = first + uint64(hops*hop)
		default:
			w.at = first + uint64(hop)
			return first, follows, nil
		}
	}
}

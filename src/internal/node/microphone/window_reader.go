package microphone

import (
	"context"

	"av_capture/src/internal/buffer"
)

// unwantedPause is the least sound that is passed over while nobody is subscribed to
// the topic. The sound system's callback wakes each reader whose
// window is whole, which is most of its work; a subscription takes longer than
// this to be made.
const unwantedPause = 0.1 // [s]

// windowReader reads the windows of sound that one topic is made of, each a hop
// after the one before. One goroutine uses it.
type windowReader struct {
	reader *buffer.Reader
	wanted func() bool // whether anybody is subscribed to the topic
	rate   float64     // [Hz]
	at     uint64      // index of the first audio frame of the next window
}

// newWindowReader returns a reader of windows from the stream's first audio frame
// on, for a topic that may be wanted.
func (s *stream) newWindowReader(reader *buffer.Reader, wanted func() bool) *windowReader {
	return &windowReader{reader: reader, wanted: wanted, rate: float64(s.format.SampleRate), at: s.before.next}
}

// next waits for the next window that a subscriber would see, copies it into
// data, and returns the index of its first audio frame. Windows are passed over
// while there is no subscriber. A window never reaches over lost sound: the next
// one starts after it. follows says that neither has happened since the window
// before.
//
// It returns ctx's error when ctx ends, and io.EOF when nothing is left.
func (w *windowReader) next(ctx context.Context, data []byte, size, hop int) (first uint64, follows bool, err error) {
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

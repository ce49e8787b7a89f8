package microphone

import (
	"context"
	"slices"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/node"
)

// pause is the length of sound that is passed over at once while topics have no subscriber. The
// next subscription ends it, if the middleware tells of that: else nothing is passed over.
const pause = time.Second

// tellMatches reports whether the middleware tells of subscriptions to all of the topics.
func tellMatches(topics []*node.Publisher) bool {
	return !slices.ContainsFunc(topics, func(topic *node.Publisher) bool { return !topic.TellsMatches() })
}

// anyWanted reports whether anybody is subscribed to one of the topics.
func anyWanted(topics []*node.Publisher) bool {
	return slices.ContainsFunc(topics, (*node.Publisher).Wanted)
}

// windowReader reads the windows of sound that one topic is made of, each a hop
// after the one before. One goroutine uses it.
type windowReader struct {
	reader *buffer.Reader
	head   func() uint64 // index one past the newest audio frame that has come
	wanted func() bool   // whether anybody is subscribed to the topic
	told   func() bool   // whether the middleware tells of a subscription
	pause  int           // [audio frames] passed over at once while nobody is
	at     uint64        // index of the first audio frame of the next window
	end    func()        // ends the calls of Interrupt
}

// newWindowReader returns a reader of windows from the stream's first audio frame
// on, for a topic that may be wanted.
func (s *stream) newWindowReader(reader *buffer.Reader, topic *node.Publisher) *windowReader {
	return &windowReader{
		reader: reader, head: s.present, wanted: topic.Wanted, told: topic.TellsMatches,
		end: topic.OnMatched(reader.Interrupt), pause: s.frames(pause), at: s.before.next,
	}
}

// release ends the reading.
func (w *windowReader) release() {
	w.end()
	w.reader.Release()
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
			if err := w.pass(ctx, first, size, hop); err != nil {
				return 0, false, err
			}
		default:
			w.at = first + uint64(hop)
			return first, follows, nil
		}
	}
}

// pass passes over windows from the audio frame first on, until there may be a subscriber.
func (w *windowReader) pass(ctx context.Context, first uint64, size, hop int) error {
	if !w.told() {
		w.at = first + uint64(hop)
		return nil
	}
	w.at = first + uint64(max(1, w.pause/hop)*hop)
	if err := w.reader.Await(ctx, w.at, size); err != nil {
		return err
	}
	if head := max(first, w.head()); w.at > head { // a subscriber has come meanwhile
		hops := max(1, (head-first+uint64(hop)-1)/uint64(hop))
		w.at = first + hops*uint64(hop)
	}
	return nil
}

package topics

import (
	"fmt"
	"time"

	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/view"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// sound takes blocks of sound. The goroutine of the wait set uses it.
type sound struct {
	feed   *view.Feed
	reader *subscriber.SoundReader
	filter *subscriber.PublisherFilter // of the subscription
}

// take hands on a block. One that is invalid is left out, and the page is told.
func (s *sound) take(info *rclgo.MessageInfo, err error, parse func() (subscriber.Block, uint64, error)) {
	if nothingTaken(s.feed, err) || !s.filter.Hears(info.PublisherGID, time.Now()) {
		return
	}
	block, lost, err := parse()
	switch {
	case err != nil:
		s.feed.Problem(fmt.Sprintf("a block of sound is invalid: %v", err))
		return
	case len(block.Data) > maxFile:
		s.feed.Problem(fmt.Sprintf("a block of sound has %d bytes, at most %d are shown: make block_size smaller", len(block.Data), maxFile))
		return
	}
	s.hand(block, lost)
}

// takeLate hands on what has come without a message.
func (s *sound) takeLate() { s.hand(s.reader.Late()) }

// hand hands on a block, unless it is empty.
func (s *sound) hand(block subscriber.Block, lost uint64) {
	if len(block.Data) == 0 {
		return
	}
	s.feed.Block(view.Block{
		Stamp:    milliseconds(time.Unix(0, int64(block.Stamp))),
		Arrived:  milliseconds(time.Now()),
		First:    block.First,
		Epoch:    block.Epoch,
		Lost:     lost,
		Rate:     block.Format.SampleRate,
		Channels: block.Format.Channels,
		Encoding: string(block.Format.Encoding),
		Data:     block.Data,
	})
}

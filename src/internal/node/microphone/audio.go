package microphone

import (
	"context"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/message"
)

// publishAudio publishes the ring's content on ~/audio in blocks, until the ring
// is closed and empty or ctx ends. Publishing may block, which does not hold up
// the source: first_frame and lost_frames show the sound that was overwritten
// meanwhile. While nobody is subscribed, blocks wait in the ring, or in the source, and are
// counted once in a second.
//
// It calls up when the first block is there: a device that opens but stays silent
// does not count as one that works.
func (n *Node) publishAudio(ctx context.Context, s *stream, reader *buffer.Reader, up func()) {
	defer reader.Release()
	topics := append(n.outputs.publishers(), n.audio)
	for _, topic := range topics {
		defer topic.OnMatched(reader.Interrupt)()
	}
	publish := s.delivery.publisher(n.audio)
	at, data := n.timeline.next, n.audioMessage.Buffer()
	unwanted, passed := false, uint64(0) // blocks up to passed are not
	for live := false; ctx.Err() == nil; live = true {
		if full := at + uint64(len(data)/s.format.FrameSize()); unwanted && full > passed {
			if unwanted = !anyWanted(topics); unwanted && tellMatches(topics) {
				_ = reader.Await(ctx, at, max(int(full-at), s.frames(pause))) // a thread's reader has no errors; Read has those of others
				passed = s.present()
			}
		}
		first, frames, err := reader.Read(context.Background(), at, data)
		if err != nil {
			return // io.EOF: nothing is left
		}
		if !live {
			up()
			n.timeline.skipped += s.skipped
			n.Log.Infof("capturing from %s: %s", s.format.Device, s.format)
		}
		at = first + uint64(frames)
		if !unwanted || at > passed {
			unwanted = !anyWanted(topics)
		}
		lost := first - n.timeline.published - n.timeline.skipped
		block := message.Block{
			Stamp:  n.Clock.Of(&n.audioStamps, s.clock.TimeOf(first)),
			First:  first,
			Frames: frames,
			Epoch:  s.epoch(first),
			Lost:   lost,
		}
		if unwanted {
			n.meter.addUnwanted(at, lost)
		} else {
			if n.audio.Wanted() {
				n.audioMessage.Describe(block)
				if err = n.audioMessage.SetFrameID(n.frameID.Get()); err == nil {
					err = publish(ctx, n.audioMessage)
				}
			}
			n.meter.addBlock(at, lost, clock.Monotonic()-s.clock.TimeOf(at), err)
		}
		if err == nil {
			n.timeline.published += uint64(frames) // a block that the middleware refuses is lost
		}
		sound := soundBlock{Block: block, frameID: n.frameID.Get(), data: data[:frames*s.format.FrameSize()], unwanted: unwanted}
		if err := n.outputs.publish(ctx, sound); err != nil {
			n.meter.addRefused(err)
		}
		n.meter.countClipped(sound.data)
	}
}

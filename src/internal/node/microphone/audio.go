package microphone

import (
	"context"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/message"
)

// publishAudio publishes the ring's content on ~/audio in blocks, until the ring
// is closed and empty or ctx ends. Publishing may block, which does not hold up
// the callback: first_frame and lost_frames show the sound that was overwritten
// meanwhile.
//
// It calls up when the first block is there: a device that opens but stays silent
// does not count as one that works.
func (n *Node) publishAudio(ctx context.Context, s *stream, reader *buffer.Reader, up func()) {
	defer reader.Release()
	publish := s.delivery.publisher(n.audio)
	at := n.timeline.next
	for live := false; ctx.Err() == nil; live = true {
		first, frames, err := reader.Read(context.Background(), at, n.audioMessage.Buffer())
		if err != nil {
			return // io.EOF: nothing is left
		}
		if !live {
			up()
			n.timeline.skipped += s.skipped
			n.Log.Infof("capturing from %s: %s", s.format.Device, s.format)
		}
		lost := first - n.timeline.published - n.timeline.skipped
		block := message.Block{
			Stamp:  n.Clock.Of(&n.audioStamps, s.clock.TimeOf(first)),
			First:  first,
			Frames: frames,
			Epoch:  s.epoch(first),
			Lost:   lost,
		}
		n.audioMessage.Describe(block)
		if n.audio.Wanted() {
			if err = n.audioMessage.SetFrameID(n.frameID.Get()); err == nil {
				err = publish(ctx, n.audioMessage)
			}
		}
		at = first + uint64(frames)
		if err == nil {
			n.timeline.published += uint64(frames) // a block that the middleware refuses is lost
		}
		n.meter.addBlock(at, lost, clock.Monotonic()-s.clock.TimeOf(at), err)
		sound := soundBlock{Block: block, frameID: n.frameID.Get(), data: n.audioMessage.Buffer()[:frames*s.format.FrameSize()]}
		if err := n.outputs.publish(ctx, sound); err != nil {
			n.meter.addRefused(err)
		}
		n.meter.countClipped(sound.data)
	}
}

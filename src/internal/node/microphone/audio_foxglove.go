package microphone

import (
	"context"
	"time"

	"av_capture/src/internal/conversion"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	"av_capture/src/internal/message/foxglove"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// audioFoxglove is ~/audio_foxglove, which Foxglove's audio panel plays: samples of 16 bits,
// whatever those of ~/audio are.
type audioFoxglove struct {
	topic     *node.Topic
	publisher *node.Publisher

	// Of the present stream.
	message   foxglove.RawAudio
	converter *conversion.Converter // nil if the samples have 16 bits
	send      func(context.Context, types.Message) error
}

func newAudioFoxglove() *audioFoxglove {
	return &audioFoxglove{topic: &node.Topic{Name: "~/audio_foxglove", Depth: node.AudioDepth}}
}

func (a *audioFoxglove) topics() []*node.Topic { return []*node.Topic{a.topic} }

func (a *audioFoxglove) advertise(b *node.Base, params param.Set) (err error) {
	a.publisher, err = b.Advertise(a.topic, params, foxglove.RawAudioTypeSupport)
	return err
}

func (a *audioFoxglove) publishers() []*node.Publisher { return []*node.Publisher{a.publisher} }

func (a *audioFoxglove) begin(format media.AudioFormat, delivery delivery) error {
	a.send = delivery.publisher(a.publisher)
	a.message.Format = foxglove.PCMS16
	a.message.SampleRate, a.message.NumberOfChannels = uint32(format.SampleRate), uint32(format.Channels)
	a.converter = nil
	if format.Encoding != media.S16LE {
		out := format
		out.Encoding = media.S16LE
		a.converter = conversion.New(format, out, conversion.Mix(format.Channels, format.Channels), conversionChunk)
	}
	return nil
}

// conversionChunk is the number of audio frames that are converted at once.
const conversionChunk = 512

func (a *audioFoxglove) end() {}

func (a *audioFoxglove) publish(ctx context.Context, b soundBlock) error {
	if b.unwanted || !a.publisher.Wanted() {
		return nil
	}
	a.message.Timestamp = message.Stamp(b.Stamp)
	a.message.Data = b.data
	if a.converter != nil {
		a.message.Data = a.message.Data[:0:0]
		a.converter.Convert(b.data, func(dst []byte, _ time.Duration) { a.message.Data = append(a.message.Data, dst...) })
	}
	return a.send(ctx, &a.message)
}

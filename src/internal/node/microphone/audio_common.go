package microphone

import (
	"context"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message/audiocommon"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// wave is audio_capture's word for samples as they are, without a header.
const wave = "wave"

// infoInterval is the time between two AudioInfo: audio_capture's, for subscribers that are
// volatile.
const infoInterval = 5 * time.Second

// audioCommon is sound as audio_common's node audio_capture publishes it: ~/audio_common, with
// stamps, and below it audio, without, and the latched audio_info, which has the format.
type audioCommon struct {
	stampedTopic, plainTopic, infoTopic *node.Topic
	stamped, plain, info                *node.Publisher

	// Of the present stream.
	description            audiocommon.AudioInfo
	message                audiocommon.AudioDataStamped
	sendStamped, sendPlain func(context.Context, types.Message) error
	described              time.Duration // when audio_info was published, on CLOCK_MONOTONIC
}

func newAudioCommon() *audioCommon {
	stamped := &node.Topic{Name: "~/audio_common", Depth: node.AudioDepth}
	return &audioCommon{
		stampedTopic: stamped,
		plainTopic:   &node.Topic{Name: "audio", Below: stamped, Depth: node.AudioDepth},
		infoTopic:    &node.Topic{Name: "audio_info", Below: stamped, Depth: 1, Latched: true},
	}
}

func (a *audioCommon) topics() []*node.Topic {
	return []*node.Topic{a.stampedTopic, a.plainTopic, a.infoTopic}
}

func (a *audioCommon) advertise(b *node.Base, params param.Set) (err error) {
	if a.stamped, err = b.Advertise(a.stampedTopic, params, audiocommon.AudioDataStampedTypeSupport); err != nil {
		return err
	}
	if a.plain, err = b.Advertise(a.plainTopic, params, audiocommon.AudioDataTypeSupport); err != nil {
		return err
	}
	a.info, err = b.Advertise(a.infoTopic, params, audiocommon.AudioInfoTypeSupport)
	return err
}

// wanted leaves audio_info out, which is published without a subscriber.
func (a *audioCommon) wanted() bool { return a.stamped.Wanted() || a.plain.Wanted() }

func (a *audioCommon) begin(format media.AudioFormat, delivery delivery) error {
	a.sendStamped, a.sendPlain = delivery.publisher(a.stamped), delivery.publisher(a.plain)
	a.description = audiocommon.AudioInfo{
		Channels:     uint8(format.Channels),
		SampleRate:   uint32(format.SampleRate),
		SampleFormat: string(format.Encoding),
		Bitrate:      uint32(8 * format.SampleRate * format.FrameSize()),
		CodingFormat: wave,
	}
	a.described = 0
	return a.describe()
}

// describe publishes audio_info if it is due.
func (a *audioCommon) describe() error {
	now := clock.Monotonic()
	if a.described != 0 && now-a.described < infoInterval {
		return nil
	}
	a.described = now
	return a.info.Publish(&a.description)
}

func (a *audioCommon) end() {}

func (a *audioCommon) publish(ctx context.Context, b soundBlock) error {
	if err := a.describe(); err != nil {
		return err
	}
	a.message.Audio.Data = b.data
	if a.plain.Wanted() {
		if err := a.sendPlain(ctx, &a.message.Audio); err != nil {
			return err
		}
	}
	if !a.stamped.Wanted() {
		return nil
	}
	a.message.Header.FrameId = b.frameID
	a.message.Header.Stamp.Sec, a.message.Header.Stamp.Nanosec = secondsAndNanoseconds(b.Stamp)
	return a.sendStamped(ctx, &a.message)
}

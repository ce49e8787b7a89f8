package microphone

import (
	"context"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	"av_capture/src/internal/message/audiocommon"
	"av_capture/src/internal/mp3"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// infoInterval is the time between two AudioInfo: audio_capture's, for subscribers that are
// volatile.
const infoInterval = 5 * time.Second

// audioCommon is sound as audio_common's node audio_capture publishes it: ~/audio_common, with
// stamps, and below it audio, without, and the latched audio_info, which has the format.
type audioCommon struct {
	stampedTopic, plainTopic, infoTopic *node.Topic
	stamped, plain, info                *node.Publisher
	format                              string // wave or mp3
	bitrate                             int    // of MP3 [bits/s]
	warn                                func(string)

	// Of the present stream.
	description            audiocommon.AudioInfo
	described              time.Duration // when audio_info was published, on CLOCK_MONOTONIC
	message                audiocommon.AudioDataStamped
	sendStamped, sendPlain func(context.Context, types.Message) error
	encoding               *encodedSound // of MP3; nil for wave
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
	a.format, a.bitrate = params.String("audio_common.format"), int(params.Int("audio_common.bitrate"))*1000
	a.warn = b.Warn
	if a.stamped, err = b.Advertise(a.stampedTopic, params, audiocommon.AudioDataStampedTypeSupport); err != nil {
		return err
	}
	if a.plain, err = b.Advertise(a.plainTopic, params, audiocommon.AudioDataTypeSupport); err != nil {
		return err
	}
	a.info, err = b.Advertise(a.infoTopic, params, audiocommon.AudioInfoTypeSupport)
	return err
}

// publishers leaves audio_info out, which is published without a subscriber.
func (a *audioCommon) publishers() []*node.Publisher { return []*node.Publisher{a.stamped, a.plain} }

func (a *audioCommon) wanted() bool { return a.stamped.Wanted() || a.plain.Wanted() }

func (a *audioCommon) begin(format media.AudioFormat, delivery delivery) error {
	a.sendStamped, a.sendPlain = delivery.publisher(a.stamped), delivery.publisher(a.plain)
	bitrate := 8 * format.SampleRate * format.FrameSize()
	a.encoding = nil
	if a.format == audiocommon.MP3 {
		a.encoding = newEncodedSound(format, a.bitrate, !delivery.realtime(), a.send, a.warn)
		format, bitrate = mp3.Format(format), a.bitrate
	}
	a.description = audiocommon.AudioInfo{
		Channels:     uint8(format.Channels),
		SampleRate:   uint32(format.SampleRate),
		SampleFormat: string(format.Encoding),
		Bitrate:      uint32(bitrate),
		CodingFormat: a.format,
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

func (a *audioCommon) end() {
	if a.encoding != nil {
		a.encoding.end()
	}
}

func (a *audioCommon) publish(ctx context.Context, b soundBlock) error {
	if err := a.describe(); err != nil {
		return err
	}
	wanted := !b.unwanted && a.wanted()
	switch {
	case a.encoding != nil:
		return a.encoding.put(ctx, b, wanted)
	case wanted:
		return a.send(ctx, b.Stamp, b.frameID, b.data)
	}
	return nil
}

// send publishes data on the topics that somebody is subscribed to. One goroutine calls it,
// that of the encoder if there is one.
func (a *audioCommon) send(ctx context.Context, stamp time.Time, frameID string, data []byte) error {
	a.message.Audio.Data = data
	if a.plain.Wanted() {
		if err := a.sendPlain(ctx, &a.message.Audio); err != nil {
			return err
		}
	}
	if !a.stamped.Wanted() {
		return nil
	}
	a.message.Header.FrameId = frameID
	a.message.Header.Stamp = message.Stamp(stamp)
	return a.sendStamped(ctx, &a.message)
}

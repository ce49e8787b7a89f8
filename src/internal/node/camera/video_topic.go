package camera

import (
	"sync/atomic"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/message"
	"av_capture/src/internal/message/ffmpegtransport"
	"av_capture/src/internal/message/foxglove"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/video"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// videoDepth is the depth of the history of topics of video [messages]: two seconds, so that a
// reliable subscriber that hangs for a moment misses nothing of what the next images need.
const videoDepth = 60

// videoTopic is a topic of the messages of one package, which may not be installed.
type videoTopic struct {
	topic     node.Topic
	installed error // why there is no such topic; nil if there is
	support   types.MessageTypeSupport
	message   func(p *video.Packet, stamp imageStamp, frameID, encoding string) types.Message
	ros       *node.Publisher // nil without the package

	begun bool // the next packet can be decoded after those that were published
	held  bool // packets are held back since one was lost

	joined atomic.Bool // subscriptions have come, or gone, since the last key frame was asked for
}

// newFFMPEGTopic returns the topic that lies below raw, as image_transport's plugin of the name
// ffmpeg expects it.
func newFFMPEGTopic(raw *node.Topic) *videoTopic {
	return &videoTopic{
		topic:     node.Topic{Below: raw, Name: "ffmpeg", Depth: videoDepth},
		installed: ffmpegtransport.Installed(),
		support:   ffmpegtransport.FFMPEGPacketTypeSupport,
		message:   ffmpegPacket,
	}
}

// newCompressedVideoTopic returns Foxglove's topic.
func newCompressedVideoTopic() *videoTopic {
	return &videoTopic{
		topic:     node.Topic{Name: "~/video", Depth: videoDepth},
		installed: foxglove.Installed(),
		support:   foxglove.CompressedVideoTypeSupport,
		message:   compressedVideo,
	}
}

// keyFlag is FFmpeg's AV_PKT_FLAG_KEY, which subscribers begin at.
const keyFlag = 1

// ffmpegPacket makes a message of ffmpeg_image_transport. Its encoding is the codec, ffmpeg's
// format of the pixels that were encoded, and twice that of the image, to which subscribers
// decode; see the message's package. pts is the number of the image.
func ffmpegPacket(p *video.Packet, stamp imageStamp, frameID, encoding string) types.Message {
	m := &ffmpegtransport.FFMPEGPacket{
		Width: int32(p.Width), Height: int32(p.Height),
		Encoding: p.Codec + ";yuv420p;" + encoding + ";" + encoding,
		Pts:      stamp.number,
		Data:     p.Data,
	}
	m.Header.Stamp, m.Header.FrameId = message.Stamp(stamp.Time), frameID
	if p.Key {
		m.Flags = keyFlag
	}
	return m
}

// compressedVideo makes a message of Foxglove.
func compressedVideo(p *video.Packet, stamp imageStamp, frameID, _ string) types.Message {
	m := &foxglove.CompressedVideo{Timestamp: message.Stamp(stamp.Time), FrameId: frameID, Data: p.Data, Format: "h264"}
	if p.Codec == accessunit.HEVC {
		m.Format = "h265"
	}
	return m
}

// open makes the publisher, if the package is installed.
func (t *videoTopic) open(b *node.Base, params param.Set) (err error) {
	if t.installed != nil {
		return nil
	}
	if t.ros, err = b.Advertise(&t.topic, params, t.support); err == nil {
		t.ros.OnMatched(func() { t.joined.Store(true) })
	}
	return err
}

// wanted reports whether anybody could ever see a packet that is published now.
func (t *videoTopic) wanted() bool { return t.ros != nil && t.ros.Wanted() }

// hold holds packets back until the next key frame.
func (t *videoTopic) hold() {
	t.held = t.held || t.begun
	t.begun = false
}

// publish publishes a packet, unless it belongs to others that were left out; it reports
// whether it was held back for the loss of one. It blocks while the middleware copies it.
func (t *videoTopic) publish(p *video.Packet, stamp imageStamp, frameID, encoding string) (held bool, err error) {
	if !t.wanted() {
		t.begun, t.held = false, false
		return false, nil
	}
	if t.begun = t.begun || p.Key; !t.begun {
		return t.held, nil
	}
	t.held = false
	if err = t.ros.Publish(t.message(p, stamp, frameID, encoding)); err != nil {
		t.hold()
	}
	return false, err
}

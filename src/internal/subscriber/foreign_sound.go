package subscriber

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/message/audiocommon"
	"av_capture/src/internal/message/foxglove"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// SoundTypes are the types of topics of sound, ours first.
var SoundTypes = []string{SoundType, audiocommon.AudioDataStampedType, audiocommon.AudioDataType, foxglove.RawAudioType}

// soundInstalled returns an error if messages of a type of sound were not there when this was
// built.
func soundInstalled(kind string) error {
	switch kind {
	case audiocommon.AudioDataStampedType, audiocommon.AudioDataType:
		return audiocommon.Installed()
	case foxglove.RawAudioType:
		return foxglove.Installed()
	}
	return nil
}

// SoundReader makes blocks of the messages of a topic of sound, of any type of sound. The
// goroutine that spins uses it.
type SoundReader struct {
	node  *Base
	topic string

	counter counter                // of messages that do not count
	heard   rclgo.GID              // publisher of the newest message
	number  uint64                 // of it, by that publisher
	info    *audiocommon.AudioInfo // the newest; nil before the first
	latched bool                   // audio_info is subscribed to as latched
	waiting []waitingSound         // messages before the first audio_info, oldest first
	bytes   int                    // in waiting

	mp3        mp3Sound
	mp3Missing uint64 // messages that are missing before what is decoded next
}

// Close ends what the reader has started.
func (r *SoundReader) Close() { r.mp3.close() }

// NewSoundReader returns a reader for a topic by its full name. The caller closes it.
func (n *Base) NewSoundReader(topic string) *SoundReader { return &SoundReader{node: n, topic: topic} }

// SoundTaker takes a message of a publisher, or the error of taking one. parse returns its
// block, which is empty if nothing is to be heard of it, and the number of audio frames that
// were lost so far; or an error if it is invalid.
type SoundTaker func(info *rclgo.MessageInfo, err error, parse func() (b Block, lost uint64, err error))

// Subscribe subscribes to the topic as one of messages of a type, and to what else describes
// them. The caller closes the subscriptions.
func (r *SoundReader) Subscribe(kind string, options *rclgo.SubscriptionOptions, take SoundTaker) ([]*rclgo.Subscription, error) {
	one := func(s *rclgo.Subscription, err error) ([]*rclgo.Subscription, error) {
		if err != nil {
			return nil, err
		}
		return []*rclgo.Subscription{s}, nil
	}
	switch kind {
	case foxglove.RawAudioType:
		return one(subscribeTo(r.node, r.topic, foxglove.RawAudioTypeSupport, options, func(m *foxglove.RawAudio, info *rclgo.MessageInfo, err error) {
			take(info, err, func() (Block, uint64, error) { return r.rawAudio(m, info) })
		}))
	case audiocommon.AudioDataStampedType:
		return r.withInfo(take)(subscribeTo(r.node, r.topic, audiocommon.AudioDataStampedTypeSupport, options, func(m *audiocommon.AudioDataStamped, info *rclgo.MessageInfo, err error) {
			r.await(len(m.Audio.Data), func() {
				take(info, err, func() (Block, uint64, error) { return r.audioCommon(stampOf(&m.Header), m.Audio.Data, info) })
			})
		}))
	case audiocommon.AudioDataType:
		return r.withInfo(take)(subscribeTo(r.node, r.topic, audiocommon.AudioDataTypeSupport, options, func(m *audiocommon.AudioData, info *rclgo.MessageInfo, err error) {
			r.await(len(m.Data), func() {
				take(info, err, func() (Block, uint64, error) { return r.audioCommon(0, m.Data, info) })
			})
		}))
	}
	return one(subscribeTo(r.node, r.topic, av_capture_msg.AudioDataTypeSupport, options, func(m *av_capture_msg.AudioData, info *rclgo.MessageInfo, err error) {
		take(info, err, func() (Block, uint64, error) {
			b, err := BlockOf(m)
			return b, m.LostFrames, err
		})
	}))
}

// Late returns a block of what was decoded after the newest message, which is empty mostly, and
// the number of audio frames that were lost so far.
func (r *SoundReader) Late() (Block, uint64) {
	stamp, sound := r.mp3.ready()
	if len(sound) == 0 {
		return Block{}, r.counter.lost
	}
	missing := r.mp3Missing
	r.mp3Missing = 0
	return r.counter.block(stamp, r.mp3.format, sound, missing), r.counter.lost
}

// rawAudio returns the block of a message of foxglove_msgs/RawAudio.
func (r *SoundReader) rawAudio(m *foxglove.RawAudio, info *rclgo.MessageInfo) (Block, uint64, error) {
	if m.Format != foxglove.PCMS16 {
		return Block{}, 0, fmt.Errorf("its format is %.40q, of which only %s is known", m.Format, foxglove.PCMS16)
	}
	stamp := time.Duration(m.Timestamp.Sec)*time.Second + time.Duration(m.Timestamp.Nanosec)
	return r.block(stamp, media.AudioFormat{SampleRate: int(m.SampleRate), Channels: int(m.NumberOfChannels), Encoding: media.S16LE}, m.Data, r.missing(info), info)
}

// audioCommon returns the block of a message of audio_common_msgs, in the format of audio_info.
func (r *SoundReader) audioCommon(stamp time.Duration, data []byte, info *rclgo.MessageInfo) (Block, uint64, error) {
	format := media.AudioFormat{
		SampleRate: int(r.info.SampleRate), Channels: int(r.info.Channels), Encoding: media.SampleFormat(r.info.SampleFormat),
	}
	switch strings.ToLower(r.info.CodingFormat) {
	case audiocommon.Wave, "raw":
		return r.block(stamp, format, data, r.missing(info), info)
	case audiocommon.MP3:
		format.Encoding = media.S16LE
		if err := media.CheckSound(format); err != nil {
			return Block{}, 0, err
		}
		missing := r.missing(info)
		stamp, sound, err := r.mp3.take(stamp, format, data, missing)
		if err != nil || len(sound) == 0 {
			r.mp3Missing += missing
			return Block{}, r.counter.lost, err
		}
		missing, r.mp3Missing = missing+r.mp3Missing, 0
		return r.block(stamp, format, sound, missing, info)
	}
	return Block{}, 0, fmt.Errorf("%s says that its coding_format is %.40q, of which only %s and %s are known", InfoTopic(r.topic), r.info.CodingFormat, audiocommon.Wave, audiocommon.MP3)
}

// block returns the block of a message that does not count. Without a stamp, it was acquired
// when it was published, at the latest.
func (r *SoundReader) block(stamp time.Duration, format media.AudioFormat, data []byte, missing uint64, info *rclgo.MessageInfo) (Block, uint64, error) {
	if err := media.CheckSound(format); err != nil {
		return Block{}, 0, err
	}
	if len(data)%format.FrameSize() != 0 {
		return Block{}, 0, fmt.Errorf("data has %d bytes, which are no whole audio frames of %d bytes", len(data), format.FrameSize())
	}
	b := r.counter.block(stamp, format, data, missing)
	if stamp == 0 && !info.SourceTimestamp.IsZero() {
		b.Stamp = time.Duration(info.SourceTimestamp.UnixNano()) - time.Duration(float64(b.End()-b.First)/float64(format.SampleRate)*float64(time.Second))
	}
	return b, r.counter.lost, nil
}

// missing returns the number of messages of the publisher that are missing before one.
func (r *SoundReader) missing(info *rclgo.MessageInfo) uint64 {
	number := info.PublicationSequenceNumber
	if number == 0 || number == rclgo.UnsupportedSequenceNumber {
		return 0
	}
	before := r.number
	same := r.heard == info.PublisherGID
	r.heard, r.number = info.PublisherGID, number
	if !same || number <= before {
		return 0
	}
	return number - before - 1
}

// InfoTopic returns the name of the topic that has the format of a topic of audio_common_msgs:
// audio_info beside audio_capture's audio and audio_stamped, else below the topic.
func InfoTopic(topic string) string {
	if base := path.Base(topic); base == "audio" || base == "audio_stamped" {
		return path.Join(path.Dir(topic), "audio_info")
	}
	return topic + "/audio_info"
}

// waitingSound is a message that awaits the first audio_info.
type waitingSound struct {
	take func()
	size int // [bytes]
}

// waitingCost is what a message takes beside its data [bytes], roughly.
const waitingCost = 512

// mostWaiting bounds the messages that await the first audio_info [bytes].
const mostWaiting = 8 << 20

// await calls take once there is an audio_info.
func (r *SoundReader) await(size int, take func()) {
	if r.info != nil {
		take()
		return
	}
	r.waiting = append(r.waiting, waitingSound{take, size + waitingCost})
	for r.bytes += size + waitingCost; r.bytes > mostWaiting; r.waiting = r.waiting[1:] {
		r.bytes -= r.waiting[0].size
	}
}

// withInfo returns a function that adds the subscription to audio_info.
func (r *SoundReader) withInfo(take SoundTaker) func(*rclgo.Subscription, error) ([]*rclgo.Subscription, error) {
	return func(sound *rclgo.Subscription, err error) ([]*rclgo.Subscription, error) {
		if err != nil {
			return nil, err
		}
		options := rclgo.NewDefaultSubscriptionOptions()
		options.Qos.Depth = 1
		if r.latched = r.infoLatched(); r.latched {
			options.Qos.Durability = rclgo.DurabilityTransientLocal
		}
		info, err := subscribeTo(r.node, InfoTopic(r.topic), audiocommon.AudioInfoTypeSupport, options, func(m *audiocommon.AudioInfo, from *rclgo.MessageInfo, err error) {
			if err != nil {
				take(from, err, nil)
				return
			}
			r.info = m
			waiting := r.waiting
			r.waiting, r.bytes = nil, 0
			for _, message := range waiting {
				message.take()
			}
		})
		if err != nil {
			return nil, errors.Join(err, sound.Close())
		}
		return []*rclgo.Subscription{sound, info}, nil
	}
}

// infoLatched reports whether audio_info is latched by all of its publishers, as that of
// audio_capture is from 0.4.0 on. A subscription that asks for it does not hear the others.
func (r *SoundReader) infoLatched() bool {
	publishers, err := r.node.publishers(InfoTopic(r.topic))
	return err == nil && !slices.ContainsFunc(publishers, func(p rclgo.TopicEndpointInfo) bool {
		return p.QosProfile.Durability == rclgo.DurabilityVolatile
	})
}

// Outdated reports whether another subscription is needed, for publishers that have come.
func (r *SoundReader) Outdated(kind string) bool {
	return (kind == audiocommon.AudioDataStampedType || kind == audiocommon.AudioDataType) && r.latched != r.infoLatched()
}

// Waiting returns what the reader waits for, in words; "" for nothing.
func (r *SoundReader) Waiting() string {
	if len(r.waiting) == 0 {
		return ""
	}
	return fmt.Sprintf("sound has come on %s, but no audio_common_msgs/AudioInfo on %s, which says what it is", r.topic, InfoTopic(r.topic))
}

// ReadsSound reports whether a type is one of sound that can be read.
func ReadsSound(kind string) bool {
	return slices.Contains(SoundTypes, kind) && soundInstalled(kind) == nil
}

// SoundKind returns the type of sound that can be read among those of publishers, ours first;
// "" for none.
func SoundKind(publishers []rclgo.TopicEndpointInfo) string {
	for _, kind := range SoundTypes {
		if ReadsSound(kind) && slices.ContainsFunc(publishers, func(p rclgo.TopicEndpointInfo) bool { return p.TopicType == kind }) {
			return kind
		}
	}
	return ""
}

// Redundant reports whether a topic of sound is the same sound as a better one: one of its nodes
// publishes another of a type that comes before in SoundTypes, in the same namespace, or one of
// the two is in a namespace within the other's. The player of a bag publishes the sounds of
// several nodes; their namespaces tell them apart. nodesOf returns the nodes that publish a topic.
func Redundant(topic string, topics map[string][]string, nodesOf func(topic string) ([]string, error)) (bool, error) {
	rank := soundRank(topics[topic])
	nodes, err := nodesOf(topic)
	if err != nil {
		return false, err
	}
	for other, types := range topics {
		if soundRank(types) >= rank || !nested(path.Dir(topic), path.Dir(other)) {
			continue
		}
		others, err := nodesOf(other)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(others, func(node string) bool { return slices.Contains(nodes, node) }) {
			return true, nil
		}
	}
	return false, nil
}

// nested reports whether two namespaces are the same, or one is within the other.
func nested(a, b string) bool {
	a, b = strings.TrimSuffix(a, "/")+"/", strings.TrimSuffix(b, "/")+"/"
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// soundRank returns the index of the first of SoundTypes among types, their number for none.
func soundRank(types []string) int {
	for i, kind := range SoundTypes {
		if slices.Contains(types, kind) && ReadsSound(kind) {
			return i
		}
	}
	return len(SoundTypes)
}

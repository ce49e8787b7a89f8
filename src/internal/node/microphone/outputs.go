package microphone

import (
	"context"
	"errors"
	"slices"

	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	"av_capture/src/internal/message/audiocommon"
	"av_capture/src/internal/message/foxglove"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
)

// output is sound in messages of others, beside ~/audio. The goroutine that publishes ~/audio
// uses it, and hands it each block.
type output interface {
	// topics returns its topics, which are advertised if the parameters ask for it.
	topics() []*node.Topic

	// advertise makes the publishers.
	advertise(b *node.Base, params param.Set) error

	// publishers returns those of the topics that have the sound.
	publishers() []*node.Publisher

	// begin is called before the first block of a stream, and end after its last one.
	begin(format media.AudioFormat, delivery delivery) error
	end()

	// publish publishes a block of whole audio frames, which is the caller's. It makes nothing
	// that nobody wants, and nothing of a block that nobody wanted.
	publish(ctx context.Context, b soundBlock) error
}

// soundBlock is a block as ~/audio has it.
type soundBlock struct {
	message.Block
	frameID  string
	data     []byte
	unwanted bool // nobody was subscribed to any of the topics: it is older than a subscription
}

// outputs are those that exist.
type outputs struct {
	known map[string]output
	asked []output // by the start parameters, as far as their messages are there
}

func newOutputs() outputs {
	return outputs{known: map[string]output{"audio_common": newAudioCommon(), "foxglove": newAudioFoxglove()}}
}

// messagesOf returns an error if the messages of an output were not there when this was built.
var messagesOf = map[string]func() error{"audio_common": audiocommon.Installed, "foxglove": foxglove.Installed}

// topics returns the topics of all outputs.
func (o *outputs) topics() []*node.Topic {
	var all []*node.Topic
	for _, output := range o.known {
		all = append(all, output.topics()...)
	}
	return all
}

// choose chooses the outputs that the start parameters ask for: the topics of the others are
// absent.
func (o *outputs) choose(params param.Set) {
	for _, topic := range o.topics() {
		topic.Absent = true
	}
	for _, name := range params.Strings("audio_outputs") {
		output := o.known[name]
		if output == nil || messagesOf[name]() != nil || !output.topics()[0].Absent {
			continue // unknown, which is an error later; absent, which is told later; named twice
		}
		o.asked = append(o.asked, output)
		for _, topic := range output.topics() {
			topic.Absent, topic.KeepAll = false, topic.KeepAll || !topic.Latched && !params.Bool("realtime")
		}
	}
}

// absentOutputs says of each output that is named whose messages are not there, once.
func absentOutputs(names []string, messagesOf map[string]func() error) (remarks []string) {
	for i, name := range names {
		if err := messagesOf[name](); err != nil && !slices.Contains(names[:i], name) {
			remarks = append(remarks, "no sound as audio_outputs asks with \""+name+"\": "+err.Error())
		}
	}
	return remarks
}

// open advertises the topics, and tells of messages that are not there.
func (o *outputs) open(b *node.Base, params param.Set) error {
	for _, remark := range absentOutputs(params.Strings("audio_outputs"), messagesOf) {
		b.Warn(remark)
	}
	var errs []error
	for _, output := range o.asked {
		errs = append(errs, output.advertise(b, params))
	}
	return errors.Join(errs...)
}

// publishers returns those of all topics that have the sound.
func (o *outputs) publishers() (all []*node.Publisher) {
	for _, output := range o.asked {
		all = append(all, output.publishers()...)
	}
	return all
}

// begin is called before the first block of a stream, and end after its last one.
func (o *outputs) begin(format media.AudioFormat, delivery delivery) error {
	var errs []error
	for _, output := range o.asked {
		errs = append(errs, output.begin(format, delivery))
	}
	return errors.Join(errs...)
}

func (o *outputs) end() {
	for _, output := range o.asked {
		output.end()
	}
}

// publish hands a block to each.
func (o *outputs) publish(ctx context.Context, b soundBlock) error {
	var errs []error
	for _, output := range o.asked {
		errs = append(errs, output.publish(ctx, b))
	}
	return errors.Join(errs...)
}

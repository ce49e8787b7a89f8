package microphone

import (
	"context"
	"errors"
	"reflect"
	"sync"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/message"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Opener makes the source that the parameters ask for. notice takes remarks of
// the source for the log, and may be called from any goroutine. An error means
// that no such source can ever open with these parameters.
type Opener func(config Config, notice func(string)) (acquire.AudioSource, error)

// Node is the node that publishes sound.
type Node struct {
	node.Base
	open    Opener
	allowed *Allowlist
	checks  *node.Disk // looking at files may hang
	config  Config     // in force; only the goroutine that applies parameters uses it
	current *session   // of config; likewise
	frameID node.FrameID

	audio          *node.Publisher
	audioMessage   *message.AudioData
	audioStamps    clock.Topic
	outputs        outputs
	spectrum       *node.Publisher
	spectrumStamps clock.Topic
	spectrogram    spectrogramPublisher

	// Only the goroutine of a session uses timeline and, while the session waits
	// for it, that of publishAudio.
	timeline timeline

	meter           meter
	recording       *recordingServices
	priorityRefused sync.Once // has been logged
}

// New makes the node and its source. It does not open the device yet.
func New(parent *rclgo.Context, options node.Options, open Opener) (_ *Node, err error) {
	n := &Node{open: open, outputs: newOutputs()}
	audio := &node.Topic{Name: "~/audio", Depth: node.AudioDepth}
	spectrum := &node.Topic{Name: "~/spectrum", Depth: node.AudioDepth}
	n.spectrogram.topic = &node.Topic{Name: "~/spectrogram", Depth: node.ImageDepth}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	params, err := n.Init(parent, options, Table, node.Hooks{
		Topics: append([]*node.Topic{audio, spectrum, n.spectrogram.topic}, n.outputs.topics()...), Input: inputOf, Report: n.report, Apply: n.apply,
		Begin: func(set param.Set) {
			audio.KeepAll, spectrum.KeepAll = !set.Bool("realtime"), !set.Bool("realtime")
			n.outputs.choose(set)
		},
	})
	if err != nil {
		return nil, err
	}
	n.config = configOf(params)
	if n.allowed, err = newAllowlist(params); err != nil {
		return nil, err
	}
	n.checks = node.NewDisk(n.Supervisor.Left())
	n.frameID.Set(n.config.FrameID)
	if n.recording, err = newRecordingServices(&n.Base, n.config.RecordDirectory, n.allowed.openFolder); err != nil {
		return nil, err
	}
	if n.audioMessage, err = message.NewAudioData(n.config.FrameID); err != nil {
		return nil, err
	}
	if n.audio, err = n.Advertise(audio, params, n.audioMessage); err != nil {
		return nil, err
	}
	if err = n.outputs.open(&n.Base, params); err != nil {
		return nil, err
	}
	if n.spectrum, err = n.Advertise(spectrum, params, av_capture_msg.SpectrumTypeSupport); err != nil {
		return nil, err
	}
	if err = n.spectrogram.open(&n.Base, params); err != nil {
		return nil, err
	}
	if n.current, err = n.newSession(n.config); err != nil {
		return nil, param.Misconfigured("node %s: %w", n.ROS.FullyQualifiedName(), err)
	}
	return n, nil
}

// apply puts parameters into force. The source stays open if only those of the
// spectrum and the spectrogram change.
func (n *Node) apply(ctx context.Context, asked param.Set) (remark string, err error) {
	config := configOf(asked)
	if !config.namesSame(n.config) {
		before := n.config
		check := func() error { return n.allowed.check(before, config) }
		if err := n.checks.Do(ctx, node.NamedFiles(config.Device, config.RecordDirectory), check); err != nil {
			return "", err
		}
	}
	switch {
	case !reflect.DeepEqual(config.sourceOnly(), n.config.sourceOnly()):
		next, err := n.newSession(config)
		if err != nil {
			return "", err
		}
		if remark, err = n.Supervisor.Replace(ctx, next.run); err != nil {
			return "", err
		}
		n.current = next
	default:
		if err := n.current.spectrum.configure(config.Spectrum); err != nil {
			return "", err
		}
		if err := n.current.spectrogram.configure(config.spectrogramImage()); err != nil {
			return "", err
		}
	}
	n.frameID.Set(config.FrameID)
	n.recording.setDirectory(config.RecordDirectory)
	n.config = config
	return remark, nil
}

// wanted reports whether anybody is subscribed to a topic.
func (n *Node) wanted() bool {
	return n.audio.Wanted() || anyWanted(n.outputs.publishers()) || n.spectrum.Wanted() || n.spectrogram.publisher.Wanted()
}

// Run captures and publishes until ctx ends, then returns nil; or until the node
// cannot go on, then it returns the reason. The device is free and recordings are
// complete when it returns.
func (n *Node) Run(ctx context.Context) error {
	n.meter.start()
	err := n.Base.Run(ctx, n.current.run)
	defer n.Doing("the end of the recording of")()
	if closing := n.recording.close(); err == nil {
		err = closing
	}
	return err
}

// report describes what the node did since the last report.
func (n *Node) report() node.Report {
	r := n.meter.report()
	n.recording.addTo(&r)
	return r
}

// restartStamps lets stamps go back to the present after a batch, whose stamps may
// be ahead of it.
func (n *Node) restartStamps() {
	for _, topic := range []*clock.Topic{&n.audioStamps, &n.spectrumStamps, &n.spectrogram.stamps} {
		n.Clock.Restart(topic)
	}
}

// Close frees what New took. Run must have returned.
func (n *Node) Close() error {
	err := n.Base.Close()
	if n.audioMessage != nil {
		n.audioMessage.Close() // after its publisher, which base has closed with the node
	}
	n.spectrogram.close() // likewise
	return err
}

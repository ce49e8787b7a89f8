package node

import (
	"context"
	"errors"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/message"
	"av_capture/src/internal/param"
	"av_capture/src/msgs/av_capture/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// audioDepth is the depth of the history of ~/audio: half a second of blocks of
// 10 ms, so that a reliable subscriber that hangs for a moment misses nothing.
const audioDepth = 50

// drainLimit is how long sound is still published that was captured before the
// source was closed: far longer than it takes, but when blocks are so small that
// publishing them is slower than capturing. What is not published by then counts
// as lost.
const drainLimit = 500 * time.Millisecond

// AudioOpener makes the source that a microphone's parameters ask for. notice
// takes remarks of the source for the log; it may be called from any goroutine.
type AudioOpener func(config MicrophoneConfig, notice func(string)) (acquire.AudioSource, error)

// Microphone is the node that publishes sound and its spectrum.
type Microphone struct {
	base
	open    AudioOpener
	config  MicrophoneConfig // in force; the one who applies parameters uses it
	current *recording       // of config; likewise
	frameID frameName

	audio          advertised
	message        *message.AudioData
	spectrum       advertised
	stamps         clock.Guard // of ~/audio
	spectrumStamps clock.Guard
	spectrogram    spectrogram

	// What goes on from one opening of the source to the next. Only the
	// goroutine of a session and, while it waits for it, that of publishAudio
	// use it.
	timeline timeline

	meter      audioMeter
	recordings *recordings
	refusal    sync.Once // of thread_priority has been told
}

// NewMicrophone makes the node and its source. It opens no device yet.
func NewMicrophone(parent *rclgo.Context, options Options, open AudioOpener) (_ *Microphone, err error) {
	m := &Microphone{open: open}
	audio := &topic{name: "~/audio", depth: audioDepth}
	spectrum := &topic{name: "~/spectrum", depth: audioDepth}
	m.spectrogram.topic = &topic{name: "~/spectrogram", depth: imageDepth}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.Close())
		}
	}()
	params, err := m.init(parent, options, MicrophoneTable, specifics{
		topics: []*topic{audio, spectrum, m.spectrogram.topic}, input: microphoneInput, report: m.report, apply: m.apply,
		begin: func(set param.Set) { audio.whole, spectrum.whole = !set.Bool("realtime"), !set.Bool("realtime") },
	})
	if err != nil {
		return nil, err
	}
	m.config = microphoneConfig(params)
	m.frameID.set(m.config.FrameID)
	if m.recordings, err = newRecordings(&m.base, m.config.RecordDirectory); err != nil {
		return nil, err
	}
	if m.message, err = message.NewAudioData(m.config.FrameID); err != nil {
		return nil, err
	}
	if m.audio, err = m.advertise(audio, params, m.message); err != nil {
		return nil, err
	}
	if m.spectrum, err = m.advertise(spectrum, params, av_capture_msg.SpectrumTypeSupport); err != nil {
		return nil, err
	}
	if err = m.spectrogram.init(&m.base, params); err != nil {
		return nil, err
	}
	if m.current, err = m.recording(m.config); err != nil {
		return nil, err
	}
	m.first = m.current.session
	return m, nil
}

// apply puts parameters into force. Those of the spectrum and the spectrogram
// alone leave the source open.
func (m *Microphone) apply(ctx context.Context, asked param.Set) (remark string, err error) {
	config := microphoneConfig(asked)
	switch {
	case config.device() != m.config.device():
		next, err := m.recording(config)
		if err != nil {
			return "", err
		}
		if remark, err = m.supervisor.replace(ctx, next.session); err != nil {
			return "", err
		}
		m.current = next
	default:
		if err := m.current.spectra.change(config.Spectrum); err != nil {
			return "", err
		}
		if err := m.current.pictures.change(config.picture()); err != nil {
			return "", err
		}
	}
	m.frameID.set(config.FrameID)
	if config.RecordDirectory != m.config.RecordDirectory {
		err = m.recordings.apply(config.RecordDirectory)
	}
	m.config = config
	return remark, err
}

// recording is a source with the parameters that it was made for.
type recording struct {
	node     *Microphone
	config   MicrophoneConfig
	source   acquire.AudioSource
	spectra  handover[SpectrumConfig, *spectra]
	pictures handover[pictureConfig, *picture]
}

// recording makes a source.
func (m *Microphone) recording(config MicrophoneConfig) (*recording, error) {
	named := config
	named.Node = m.node.FullyQualifiedName()
	source, err := m.open(named, m.Warn)
	if err != nil {
		return nil, err
	}
	r := &recording{node: m, config: config, source: source}
	r.spectra.make, r.spectra.config = newSpectra, config.Spectrum
	r.pictures.make, r.pictures.config = m.newPicture, config.picture()
	return r, nil
}

// session opens the source once and publishes its sound until it fails. What
// was captured before is published before it returns, as far as drainLimit
// allows.
func (r *recording) session(ctx context.Context, opened func(map[string]param.Value), up func()) error {
	m := r.node
	format, err := r.source.Open(ctx)
	if err != nil {
		return err
	}
	defer r.source.Close()
	if err := m.message.Reserve(format, r.config.BlockSize); err != nil {
		return err
	}
	m.timeline.off = m.supervisor.wasOff
	capture := &capture{
		format: format,
		ring:   buffer.NewRing(format.FrameSize(), r.config.FifoSize, m.timeline.next),
		clock:  clock.NewSampleClock(float64(format.SampleRate)),
		watch:  clock.NewLossWatch(float64(format.SampleRate)),
		before: m.timeline,

		latency:    r.config.DeviceLatency,
		hurried:    r.config.hurried(),
		precedence: m.precedence(r.config),
	}
	if m.timeline.hurried && !capture.hurried {
		m.restartStamps()
	}
	if err := r.spectra.begin(format); err != nil {
		return err
	}
	defer r.spectra.end()
	if err := r.pictures.begin(format); err != nil {
		return err
	}
	defer r.pictures.end()
	if err := m.meter.open(capture, m.options.Report != nil); err != nil {
		return err
	}
	end := m.recordings.during(capture.ring, format)
	defer end()
	opened(microphoneGives(format))

	// Publishing goes on after the source until it has caught up, or until
	// others have waited long enough.
	patience, give := context.WithCancel(context.Background())
	defer give()
	var publishing sync.WaitGroup
	sound, windows, columns := capture.soundReader(), capture.windows(m.spectrum.wanted), capture.windows(m.spectrogram.wanted)
	publishing.Go(func() {
		capture.precedence.run(func() { m.publishAudio(patience, capture, sound, up) })
	})
	publishing.Go(func() { m.publishSpectra(patience, capture, windows, &r.spectra) })
	publishing.Go(func() { m.publishSpectrogram(patience, capture, columns, &r.pictures) })
	add := capture.add
	if capture.hurried {
		up() // it works, and waits
		m.log.Info("the file is played as fast as its subscribers take it, from when there is one")
		add = m.hurry(ctx, capture)
	}
	capture.precedence.run(func() { err = r.source.Run(ctx, capture.precedence.first(add)) })
	capture.ring.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		publishing.Wait()
	}()
	capture.drained(ctx, done, give)

	m.timeline = capture.after(m.timeline)
	return err
}

// publishAudio sends the ring's content on in blocks until the ring is closed
// and empty, or until patience ends. Publishing may block: the callback is not
// held up by it, and what was overwritten meanwhile shows in first_frame and
// lost_frames.
//
// It calls up when the first block is there, so that a device which opens but
// stays silent is not taken for one that works.
func (m *Microphone) publishAudio(patience context.Context, c *capture, reader *buffer.Reader, up func()) {
	defer reader.Release()
	at, still := m.timeline.next, m.standstill(c, m.audio)
	for live := false; patience.Err() == nil; live = true {
		first, n, err := reader.Read(context.Background(), at, m.message.Buffer())
		if err != nil {
			return // io.EOF: nothing is left
		}
		if !live {
			up()
			m.timeline.skipped += c.skipped
			m.log.Infof("capturing from %s: %s", c.format.Device, c.format)
		}
		lost := first - m.timeline.published - m.timeline.skipped
		m.message.Describe(message.Block{
			Stamp:  m.stamps.Stamp(clock.System(c.clock.TimeOf(first))),
			First:  first,
			Frames: n,
			Epoch:  c.epoch(first),
			Lost:   lost,
		})
		if m.audio.wanted() {
			if err = m.message.SetFrameID(m.frameID.now()); err == nil {
				err = c.publish(patience, m.audio, m.message, still)
			}
		}
		at = first + uint64(n)
		if err == nil {
			m.timeline.published += uint64(n) // what the middleware refuses is lost
		}
		m.meter.add(at, lost, acquire.Monotonic()-c.clock.TimeOf(at), err)
		m.meter.hear(m.message.Buffer()[:n*c.format.FrameSize()])
	}
}

// restartStamps lets stamps go back to the present: those of a hurried source were
// ahead of it.
func (m *Microphone) restartStamps() {
	for _, stamps := range []*clock.Guard{&m.stamps, &m.spectrumStamps, &m.spectrogram.stamps} {
		stamps.Restart()
	}
}

// Close gives back what NewMicrophone took. Run must have returned.
func (m *Microphone) Close() error {
	err := m.base.close()
	if m.message != nil {
		m.message.Close() // after its publisher, which base has closed with the node
	}
	m.spectrogram.close() // likewise
	return err
}

package microphone

import (
	"context"
	"sync"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/supervisor"
)

// session is a source with the parameters that it was made for. The supervisor
// runs it again and again.
type session struct {
	node        *Node
	config      Config
	source      *supervisor.Audio
	spectrum    reconfigurable[SpectrumConfig, *spectrumAnalyzer]
	spectrogram reconfigurable[spectrogramImageConfig, *spectrogramImage]
}

// newSession makes the source that the parameters ask for.
func (n *Node) newSession(config Config) (*session, error) {
	named := config
	named.Node, named.Allowed = n.ROS.FullyQualifiedName(), n.allowed
	source, err := supervisor.NewSource(node.SourceName(config.Source, config.Device), n.Supervisor.Left(), n.Warn,
		func(notice func(string)) (acquire.AudioSource, error) { return n.open(named, notice) })
	if err != nil {
		return nil, err
	}
	s := &session{node: n, config: config, source: source}
	s.spectrum.create, s.spectrum.config = newSpectrumAnalyzer, config.Spectrum
	s.spectrogram.create, s.spectrogram.config = n.newSpectrogramImage, config.spectrogramImage()
	return s, nil
}

// run opens the source once and publishes its sound until the source fails or ctx
// ends. Sound that was captured before is published before it returns, as far as
// the delivery allows.
func (s *session) run(ctx context.Context, opened func(map[string]param.Value), up func()) error {
	n := s.node
	format, err := s.source.Open(ctx)
	if err != nil {
		return err
	}
	defer s.source.Close()
	if err := checkFormat(format, s.config); err != nil {
		return err
	}
	if err := n.audioMessage.Reserve(format, s.config.BlockSize); err != nil {
		return err
	}
	n.timeline.captureOff = n.Supervisor.WasOff()
	stream := &stream{
		format:  format,
		ring:    buffer.NewRing(format.FrameSize(), s.config.FifoSize, n.timeline.next),
		clock:   clock.NewSampleClock(float64(format.SampleRate)),
		watch:   clock.NewLossWatch(float64(format.SampleRate)),
		before:  n.timeline,
		latency: s.config.DeviceLatency,
		supply:  s.source.Supply(),
	}
	if stream.supply != nil {
		stream.ring.SetSupply(stream.supply)
	}
	delivery := n.newDelivery(stream, s.config)
	stream.delivery = delivery
	if err := s.spectrum.open(format); err != nil {
		return err
	}
	defer s.spectrum.close()
	if err := s.spectrogram.open(format); err != nil {
		return err
	}
	defer s.spectrogram.close()
	if err := n.meter.open(stream, n.Options.Report != nil); err != nil {
		return err
	}
	if err := n.outputs.begin(format, delivery); err != nil {
		return err
	}
	defer n.outputs.end()
	detach := n.recording.attach(stream.ring, format)
	defer detach()
	audio, err := delivery.audioReader()
	if err != nil {
		return err
	}
	n.RestartDeadlines()
	opened(given(format))
	delivery.begin(up)

	// Publishing goes on after the source has ended, until it has caught up or the
	// delivery gives the rest up.
	publishing, cancel := context.WithCancel(context.Background())
	defer cancel()
	var publishers sync.WaitGroup
	spectrum := stream.newWindowReader(delivery.windowReader(), n.spectrum)
	spectrogram := stream.newWindowReader(delivery.windowReader(), n.spectrogram.publisher)
	publishers.Add(1)
	go func() {
		defer publishers.Done()
		delivery.runThread(func() { n.publishAudio(publishing, stream, audio, up) })
	}()
	publishers.Add(1)
	go func() {
		defer publishers.Done()
		n.publishSpectrum(publishing, stream, spectrum, &s.spectrum)
	}()
	publishers.Add(1)
	go func() {
		defer publishers.Done()
		n.publishSpectrogram(publishing, stream, spectrogram, &s.spectrogram)
	}()
	runThread := delivery.runThread
	if stream.supply != nil {
		runThread = nil // the thread that pulls is the one that matters
	}
	err = s.source.Run(ctx, runThread, delivery.accept(ctx))
	stream.ring.Close()
	published := make(chan struct{})
	go func() {
		defer close(published)
		publishers.Wait()
	}()
	delivery.drain(ctx, published, cancel)

	n.timeline = stream.after(n.timeline)
	return err
}

package microphone

import (
	"context"
	"errors"
	"time"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"
)

// spectrumAnalyzer turns the windows of one stream into messages. All memory is
// allocated once.
type spectrumAnalyzer struct {
	config    SpectrumConfig
	transform *dsp.Spectrum
	data      []byte    // one window, as captured
	samples   []float64 // the same as numbers
	message   *av_capture_msg.Spectrum
}

func newSpectrumAnalyzer(format media.AudioFormat, config SpectrumConfig) (*spectrumAnalyzer, error) {
	transform, err := dsp.NewSpectrum(dsp.SpectrumConfig{
		SampleRate: float64(format.SampleRate),
		Channels:   format.Channels,
		WindowSize: config.WindowSize,
		Window:     config.Window,
		Scaling:    config.Scaling,
	})
	if err != nil {
		return nil, err
	}
	m := av_capture_msg.NewSpectrum()
	m.SampleRate = uint32(format.SampleRate)
	m.WindowSize = uint32(config.WindowSize)
	m.HopSize = uint32(config.HopSize)
	m.Window = string(config.Window)
	m.Scaling = string(config.Scaling)
	m.Channels = uint16(format.Channels)
	m.Frequency = make([]float32, transform.Bins())
	for bin := range m.Frequency {
		m.Frequency[bin] = float32(transform.Frequency(bin))
	}
	m.Amplitude = make([]float32, format.Channels*transform.Bins())
	return &spectrumAnalyzer{
		config:    config,
		transform: transform,
		data:      make([]byte, config.WindowSize*format.FrameSize()),
		samples:   make([]float64, config.WindowSize*format.Channels),
		message:   m,
	}, nil
}

// add adds the window in data, which starts at the audio frame first, acquired at
// stamp. complete says that the message is due.
func (a *spectrumAnalyzer) add(encoding media.SampleFormat, first uint64, stamp time.Time) (complete bool) {
	dsp.Decode(a.samples, a.data, encoding)
	if a.transform.Windows() == 0 {
		a.message.FirstFrame = first
		a.message.Header.Stamp = message.Stamp(stamp)
	}
	a.transform.Add(a.samples)
	if a.transform.Windows() < a.config.Average {
		return false
	}
	a.transform.Mean(a.message.Amplitude)
	return true
}

// publishSpectrum publishes on ~/spectrum each hop, or as soon as the windows of an
// average are there, until the ring is closed and empty or ctx ends. An average
// never reaches over lost sound, nor over sound that nobody wanted. A change of
// parameters counts from the next window on.
func (n *Node) publishSpectrum(ctx context.Context, s *stream, windows *windowReader, from *reconfigurable[SpectrumConfig, *spectrumAnalyzer]) {
	defer windows.release()
	publish := s.delivery.publisher(n.spectrum)
	for ctx.Err() == nil {
		replaced, a := from.get()
		first, follows, err := windows.next(replaced, a.data, a.config.WindowSize, a.config.HopSize)
		if errors.Is(err, context.Canceled) {
			continue
		}
		if err != nil {
			return // io.EOF: nothing is left
		}
		if !follows {
			a.transform.Discard()
		}
		if !a.add(s.format.Encoding, first, n.Clock.Of(&n.spectrumStamps, s.clock.TimeOf(first))) {
			continue
		}
		a.message.Header.FrameId = n.frameID.Get()
		if err := publish(ctx, a.message); err != nil {
			n.meter.addRefused(err)
		}
	}
}

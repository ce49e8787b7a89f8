package node

import (
	"context"
	"errors"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/dsp"
	"av_capture/src/msgs/av_capture/msg"
)

// spectra turns windows of one opening of the source into messages. All memory
// is made once.
type spectra struct {
	config    SpectrumConfig
	transform *dsp.Spectrum
	data      []byte    // one window, as captured
	samples   []float64 // the same as numbers
	message   *av_capture_msg.Spectrum
}

func newSpectra(format acquire.AudioFormat, config SpectrumConfig) (*spectra, error) {
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
	return &spectra{
		config:    config,
		transform: transform,
		data:      make([]byte, config.WindowSize*format.FrameSize()),
		samples:   make([]float64, config.WindowSize*format.Channels),
		message:   m,
	}, nil
}

// add takes the window in data into account, which starts at the audio frame
// first, acquired at stamp, and says whether that completes the message.
func (s *spectra) add(encoding acquire.SampleFormat, first uint64, stamp time.Time) (complete bool) {
	dsp.Decode(s.samples, s.data, encoding)
	if s.transform.Windows() == 0 {
		s.message.FirstFrame = first
		s.message.Header.Stamp.Sec = int32(stamp.Unix())
		s.message.Header.Stamp.Nanosec = uint32(stamp.Nanosecond())
	}
	s.transform.Add(s.samples)
	if s.transform.Windows() < s.config.Average {
		return false
	}
	s.transform.Mean(s.message.Amplitude)
	return true
}

// publishSpectra publishes a spectrum each hop, or of as many windows as one is
// averaged over, until the ring is closed and empty, or until patience ends. An
// average never reaches over lost sound, nor over sound that nobody wanted. Other
// parameters count from the next window on.
func (m *Microphone) publishSpectra(patience context.Context, c *capture, windows *windows, from *handover[SpectrumConfig, *spectra]) {
	defer windows.reader.Release()
	still := m.standstill(c, m.spectrum)
	for patience.Err() == nil {
		replaced, s := from.take()
		first, follows, err := windows.next(replaced, s.data, s.config.WindowSize, s.config.HopSize)
		if errors.Is(err, context.Canceled) {
			continue
		}
		if err != nil {
			return // io.EOF: nothing is left
		}
		if !follows {
			s.transform.Discard()
		}
		if !s.add(c.format.Encoding, first, m.spectrumStamps.Stamp(clock.System(c.clock.TimeOf(first)))) {
			continue
		}
		s.message.Header.FrameId = m.frameID.now()
		if err := c.publish(patience, m.spectrum, s.message, still); err != nil {
			m.meter.refused(err)
		}
	}
}

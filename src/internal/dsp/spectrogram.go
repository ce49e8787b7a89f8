package dsp

import (
	"fmt"
	"math"
)

// SpectrogramConfig configures a [Spectrogram]. All fields are required.
type SpectrogramConfig struct {
	Bins    int     // of one spectrum
	Spacing float64 // [Hz] between bins: sample rate / window size
	HopSize int     // [audio frames] between columns
	Width   int     // [pixels] columns
	Axis    FrequencyAxis
}

// Spectrogram is an image of the newest spectra, rows × columns: time to the right, with
// the newest column at the right edge, and frequency upwards. Its pixels are levels
// [dBFS], or NaN where sound was lost or has not come yet.
//
// A pixel is the largest level of the bins in its row, so that a sine reads its level in
// an image of any size. A row narrower than a bin has the level of the closest bin.
//
// All memory is allocated once. One goroutine at a time uses a Spectrogram.
type Spectrogram struct {
	config SpectrogramConfig
	spans  []span    // by row
	levels []float32 // rows × columns, row-major; column k of time in slot k % Width

	begun  bool
	origin uint64 // index of the first audio frame of column 0
	newest uint64 // number of the newest column
}

var none = float32(math.NaN())

// NewSpectrogram returns an empty Spectrogram, or an error that names a field and its
// allowed values.
func NewSpectrogram(config SpectrogramConfig) (*Spectrogram, error) {
	switch {
	case config.Bins < 1:
		return nil, fmt.Errorf("dsp: spectrogram of %d bins, must be at least 1", config.Bins)
	case !(config.Spacing > 0):
		return nil, fmt.Errorf("dsp: spectrogram of bins %v Hz apart, must be positive", config.Spacing)
	case config.HopSize < 1:
		return nil, fmt.Errorf("dsp: spectrogram with a hop size of %d, must be at least 1", config.HopSize)
	case config.Width < 1:
		return nil, fmt.Errorf("dsp: spectrogram of %d columns, must be at least 1", config.Width)
	}
	if err := config.Axis.validate(); err != nil {
		return nil, err
	}
	s := &Spectrogram{
		config: config,
		spans:  config.Axis.spans(config.Bins, config.Spacing),
		levels: make([]float32, config.Axis.Rows*config.Width),
	}
	s.Clear()
	return s, nil
}

// Config returns the configuration.
func (s *Spectrogram) Config() SpectrogramConfig { return s.config }

// Clear makes the image empty.
func (s *Spectrogram) Clear() {
	for i := range s.levels {
		s.levels[i] = none
	}
	s.begun = false
}

// Draw adds the spectrum of one channel in a window that starts with the audio frame
// first: levels [dBFS] by bin. The columns between this window and the one before it stay
// empty. It allocates nothing. It panics unless there are as many levels as bins, or if
// first decreases.
func (s *Spectrogram) Draw(first uint64, levels []float32) {
	if len(levels) != s.config.Bins {
		panic(fmt.Sprintf("dsp: column of %d bins, want %d", len(levels), s.config.Bins))
	}
	if !s.begun {
		s.begun, s.origin, s.newest = true, first, 0
	}
	hop := uint64(s.config.HopSize)
	column := (first - s.origin + hop/2) / hop // the nearest one: a loss has any length
	if first < s.origin || column < s.newest {
		panic(fmt.Sprintf("dsp: window at audio frame %d after one of a later column", first))
	}
	width := uint64(s.config.Width)
	for k := max(s.newest+1, column-min(column, width)); k < column; k++ {
		slot := int(k % width)
		for row := range s.spans {
			s.levels[row*s.config.Width+slot] = none
		}
	}
	s.newest = column
	slot := int(column % width)
	for row, bins := range s.spans {
		level := none
		if bins.first < bins.end {
			level = levels[bins.first]
			for _, other := range levels[bins.first+1 : bins.end] {
				level = max(level, other)
			}
		}
		s.levels[row*s.config.Width+slot] = level
	}
}

// Levels copies the image into dst, rows × columns from the top left. It allocates
// nothing, and panics if dst has another size.
func (s *Spectrogram) Levels(dst []float32) {
	if len(dst) != len(s.levels) {
		panic(fmt.Sprintf("dsp: image of %d pixels into %d", len(s.levels), len(dst)))
	}
	width, oldest := s.config.Width, s.oldest()
	for start := 0; start < len(dst); start += width {
		row := s.levels[start : start+width]
		n := copy(dst[start:start+width], row[oldest:])
		copy(dst[start+n:start+width], row[:oldest])
	}
}

// Paint paints the image into dst, rows × columns × 3 bytes (red, green, blue) from the
// top left. It allocates nothing, and panics if dst has another size.
func (s *Spectrogram) Paint(dst []byte, painter *Painter) {
	if len(dst) != 3*len(s.levels) {
		panic(fmt.Sprintf("dsp: image of %d pixels into %d bytes", len(s.levels), len(dst)))
	}
	width, oldest := s.config.Width, s.oldest()
	for start := 0; start < len(s.levels); start += width {
		row := s.levels[start : start+width]
		out := dst[3*start : 3*(start+width)]
		for i := range row {
			slot := oldest + i
			if slot >= width {
				slot -= width
			}
			color := painter.Color(row[slot])
			out[3*i], out[3*i+1], out[3*i+2] = color[0], color[1], color[2]
		}
	}
}

// oldest returns the slot of the oldest column.
func (s *Spectrogram) oldest() int { return int((s.newest + 1) % uint64(s.config.Width)) }

// Continue copies the image of another Spectrogram, and reports whether it could: both must
// have the same configuration.
func (s *Spectrogram) Continue(other *Spectrogram) bool {
	if other == nil || other.config != s.config {
		return false
	}
	copy(s.levels, other.levels)
	s.begun, s.origin, s.newest = other.begun, other.origin, other.newest
	return true
}

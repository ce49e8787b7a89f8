package dsp

// None returns the colour of NaN.
func (p *Painter) None() Color { return p.none }

// Rescale sets a scaling that NewSpectrum would refuse.
func (s *Spectrum) Rescale(scaling Scaling) { s.config.Scaling = scaling }

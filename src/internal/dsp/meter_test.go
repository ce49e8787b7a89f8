package dsp_test

import (
	"math"
	"testing"

	"av_capture/src/internal/dsp"
)

func TestFullScaleSineReadsMinus3RMSAnd0Peak(t *testing.T) {
	m := dsp.NewMeter(1)
	m.Add(sine(44100, 1000, 1, math.Pi/2))
	got := m.Level(0)
	if want := 20 * math.Log10(math.Sqrt(0.5)); !near(got.RMS, want, 1e-9) {
		t.Errorf("RMS %v dBFS, want %v", got.RMS, want)
	}
	if !near(got.Peak, 0, 1e-9) {
		t.Errorf("peak %v dBFS, want 0", got.Peak)
	}
}

func TestMeterKeepsChannelsApartAndAddsUp(t *testing.T) {
	m := dsp.NewMeter(2)
	m.Add([]float64{0.5, 0, -0.5, 0})
	m.Add([]float64{0.5, 0, -0.5, -1})
	if got, want := m.Level(0), (dsp.Level{RMS: dsp.Decibels(0.5), Peak: dsp.Decibels(0.5)}); got != want {
		t.Errorf("channel 0: %+v, want %+v", got, want)
	}
	if got, want := m.Level(1), (dsp.Level{RMS: dsp.Decibels(0.5), Peak: 0}); got != want {
		t.Errorf("channel 1: %+v, want %+v", got, want)
	}
	if got := m.Frames(); got != 4 {
		t.Errorf("%d frames, want 4", got)
	}
	m.Reset()
	silence := dsp.Level{RMS: dsp.FloorDecibels, Peak: dsp.FloorDecibels}
	if got := m.Level(0); got != silence || m.Frames() != 0 {
		t.Errorf("after Reset: %+v over %d frames, want silence over none", got, m.Frames())
	}
}

func TestMeterAllocatesNothing(t *testing.T) {
	m := dsp.NewMeter(2)
	block := noise(1, 882)
	if got := testing.AllocsPerRun(100, func() { m.Add(block); m.Level(0); m.Reset() }); got != 0 {
		t.Errorf("%v allocations per block, want 0", got)
	}
}

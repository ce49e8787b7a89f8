package dsp_test

import (
	"fmt"
	"math"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

func ExampleSpectrum() {
	spectrum, err := dsp.NewSpectrum(dsp.SpectrumConfig{
		SampleRate: 48000,
		Channels:   1,
		WindowSize: 480,
		Window:     dsp.Hann,
		Scaling:    dsp.Amplitude,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	samples := make([]float64, 480)
	for i := range samples {
		samples[i] = 0.25 + 0.5*math.Sin(2*math.Pi*1000*float64(i)/48000)
	}
	row := make([]float32, spectrum.Bins())
	spectrum.Compute(row, samples)
	for _, bin := range []int{0, 5, 10, 15} {
		fmt.Printf("%4.0f Hz: %.3f\n", spectrum.Frequency(bin), row[bin])
	}
	frequency, _ := spectrum.Strongest(row)
	fmt.Printf("strongest: %.1f Hz\n", frequency)
	// Output:
	//    0 Hz: 0.250
	//  500 Hz: 0.000
	// 1000 Hz: 0.500
	// 1500 Hz: 0.000
	// strongest: 1000.0 Hz
}

func ExampleDecode() {
	samples := make([]float64, 2)
	dsp.Decode(samples, []byte{0x00, 0x40, 0x00, 0x80}, media.S16LE)
	fmt.Println(samples)
	// Output: [0.5 -1]
}

func ExampleMeter() {
	square := []float64{1, 1, -1, -1}
	meter := dsp.NewMeter(1)
	meter.Add(square)
	fmt.Printf("%.2f dBFS RMS\n", meter.Level(0).RMS)
	sine := []float64{0, 1, 0, -1}
	meter.Reset()
	meter.Add(sine)
	fmt.Printf("%.2f dBFS RMS\n", meter.Level(0).RMS)
	// Output:
	// 0.00 dBFS RMS
	// -3.01 dBFS RMS
}

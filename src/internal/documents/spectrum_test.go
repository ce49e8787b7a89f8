package documents

import (
	"strconv"
	"testing"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/node/microphone"
)

// TestDocumentHasTheRowsOfTheDefaultSpectrogram, each with the frequency that it is for.
func TestDocumentHasTheRowsOfTheDefaultSpectrogram(t *testing.T) {
	number := func(name string) float64 {
		value, err := strconv.ParseFloat(microphone.Table.Lookup(name).Default.Quoted(), 64)
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	axis := dsp.FrequencyAxis{
		Minimum: number("spectrogram.minimum_frequency"),
		Maximum: number("sample_rate") / 2,
		Rows:    int(number("spectrogram.height")),
		Scale:   dsp.FrequencyScale(microphone.Table.Lookup("spectrogram.frequency_scale").Default.Text()),
	}
	for _, cells := range rows(t, "doc/spectrum.md", "### Rows of the default picture") {
		f, err := strconv.ParseFloat(cells[0], 64)
		if err != nil {
			t.Fatal(err)
		}
		row, err := strconv.Atoi(cells[1])
		if err != nil || !(axis.Edge(row+1) <= f && f < axis.Edge(row)) {
			t.Errorf("doc/spectrum.md has %v Hz in row %d, which is from %v to %v Hz", f, row, axis.Edge(row+1), axis.Edge(row))
		}
	}
}

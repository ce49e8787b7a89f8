package microphone

import (
	"fmt"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/param"
)

// The encodings of ~/spectrogram, in the words of sensor_msgs/image_encodings.hpp.
const (
	colors  = "rgb8"
	numbers = "32FC1"
)

// spectrogramParameters declares the parameters of ~/spectrogram. Its windows are set
// by those of the spectrum.
var spectrogramParameters = []param.Declaration{
	{
		Name:        "spectrogram.encoding",
		Default:     param.String(colors),
		Description: "rgb8, or 32FC1 for the levels themselves [dBFS], NaN where there is no sound.",
		Choices:     param.OneOf(colors, numbers),
	}, {
		Name:        "spectrogram.width",
		Default:     param.Int(512),
		Description: "Columns of time, each a hop of the spectrum wide [pixels].",
		Range:       param.IntegerRange{From: 1, To: 4096},
	}, {
		Name:        "spectrogram.height",
		Default:     param.Int(256),
		Description: "Rows of frequency [pixels].",
		Range:       param.IntegerRange{From: 1, To: 4096},
	}, {
		Name:        "spectrogram.rate",
		Default:     param.Double(10),
		Description: "Images per second of sound, at most one per hop [Hz].",
		Range:       param.DoubleRange{From: 0.1, To: 1000},
	}, {
		Name:        "spectrogram.channel",
		Default:     param.Int(0),
		Description: "Channel that is shown, from 0.",
		Range:       param.IntegerRange{From: 0, To: 31},
	}, {
		Name:        "spectrogram.color_map",
		Default:     param.String(string(dsp.Viridis)),
		Description: "Colours of rgb8.",
		Choices:     param.OneOf(words(dsp.ColorMaps)...),
	}, {
		Name:        "spectrogram.minimum_level",
		Default:     param.Double(-90),
		Description: "Level of the first colour, and of all below it [dBFS].",
		Range:       param.DoubleRange{From: dsp.FloorDecibels, To: 300},
	}, {
		Name:        "spectrogram.maximum_level",
		Default:     param.Double(-20),
		Description: "Level of the last colour, and of all above it [dBFS].",
		Range:       param.DoubleRange{From: dsp.FloorDecibels, To: 300},
	}, {
		Name:        "spectrogram.minimum_frequency",
		Default:     param.Double(0),
		Description: "Frequency at the bottom [Hz]; 0 on a logarithmic scale for sample_rate / spectrum.window_size.",
		Range:       param.DoubleRange{From: 0, To: 192000},
	}, {
		Name:        "spectrogram.maximum_frequency",
		Default:     param.Double(0),
		Description: "Frequency at the top [Hz]; 0 for half the sample_rate.",
		Range:       param.DoubleRange{From: 0, To: 192000},
	}, {
		Name:        "spectrogram.frequency_scale",
		Default:     param.String(string(dsp.Mel)),
		Description: "Scale of the frequency: rows of equal width, of equal ratio, or of equal pitch as heard, which speech and music fill.",
		Choices:     param.OneOf(words(dsp.FrequencyScales)...),
	},
}

// SpectrogramConfig holds the values of the parameters of ~/spectrogram.
type SpectrogramConfig struct {
	Encoding         string // rgb8 or 32FC1
	Width, Height    int    // [pixels]
	Rate             float64
	Channel          int // from 0
	ColorMap         dsp.ColorMap
	MinimumLevel     float64 // [dBFS]
	MaximumLevel     float64 // [dBFS]
	MinimumFrequency float64 // [Hz]
	MaximumFrequency float64 // [Hz] 0 for half the sample rate
	FrequencyScale   dsp.FrequencyScale
}

func spectrogramConfig(set param.Set) SpectrogramConfig {
	return SpectrogramConfig{
		Encoding:         set.String("spectrogram.encoding"),
		Width:            int(set.Int("spectrogram.width")),
		Height:           int(set.Int("spectrogram.height")),
		Rate:             set.Double("spectrogram.rate"),
		Channel:          int(set.Int("spectrogram.channel")),
		ColorMap:         dsp.ColorMap(set.String("spectrogram.color_map")),
		MinimumLevel:     set.Double("spectrogram.minimum_level"),
		MaximumLevel:     set.Double("spectrogram.maximum_level"),
		MinimumFrequency: set.Double("spectrogram.minimum_frequency"),
		MaximumFrequency: set.Double("spectrogram.maximum_frequency"),
		FrequencyScale:   dsp.FrequencyScale(set.String("spectrogram.frequency_scale")),
	}
}

// spectrogramCheck refuses parameters that do not fit together. A file's rate
// and channels are unknown yet: newSpectrogramImage checks them.
func spectrogramCheck(set param.Set) error {
	c := spectrogramConfig(set)
	switch {
	case c.MinimumLevel >= c.MaximumLevel:
		return fmt.Errorf("parameter \"spectrogram.minimum_level\" is %v, but spectrogram.maximum_level is %v: it must be lower", c.MinimumLevel, c.MaximumLevel)
	case c.MaximumFrequency != 0 && c.MinimumFrequency >= c.MaximumFrequency:
		return fmt.Errorf("parameter \"spectrogram.minimum_frequency\" is %v, but spectrogram.maximum_frequency is %v: it must be lower", c.MinimumFrequency, c.MaximumFrequency)
	case set.String("source") == "file":
		return nil
	}
	half := float64(set.Int("sample_rate")) / 2
	if channels := channels(set); int64(c.Channel) >= channels {
		return fmt.Errorf("parameter \"spectrogram.channel\" is %d, but the sound has %d channels, and the first channel is 0", c.Channel, channels)
	}
	if c.MinimumFrequency >= half {
		return fmt.Errorf("parameter \"spectrogram.minimum_frequency\" is %v, but must be below half the sample_rate, %v Hz", c.MinimumFrequency, half)
	}
	return nil
}

package microphone

import (
	"fmt"
	"math"
	"slices"
	"time"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message/audiocommon"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/record"
)

// Table declares the microphone's parameters. It is the only place that holds
// their defaults: config/av_capture.yaml and doc/parameters.md are compared with
// it.
var Table = param.NewTable(slices.Concat([]param.Declaration{
	{
		Name:        "source",
		Default:     param.String("device"),
		Description: "Where sound comes from: a sound device, a WAV file or the sound of a film, or a synthetic signal.",
		Choices:     param.OneOf("device", "file", "synthetic"),
	}, {
		Name:        "device",
		Default:     param.String(defaultDevice),
		Description: "Device: default, its exact name, ALSA's name of a card as in hw:CARD=C920, or an unambiguous part of a name; with source file the path of a WAV file, or of a film or whatever else ffmpeg reads.",
	}, node.AllowedPaths("device, for a file, and record_directory"), {
		Name:        "backend",
		Default:     param.String("auto"),
		Description: "Sound system that the device belongs to.",
		Choices:     param.OneOf("auto", "pulseaudio", "alsa", "jack"),
	}, {
		Name:        "sample_rate",
		Default:     param.Int(44100),
		Description: "Audio frames per second [Hz]; a file has its own.",
		Range:       param.IntegerRange{From: 8000, To: media.MaxSampleRate},
	}, {
		Name:        "channels",
		Default:     param.Int(1),
		Description: "Samples per audio frame; a file has its own. 1 of a device with more is the mean of all of its channels, 2 or more are its first ones; those of a device with fewer are repeated.",
		Range:       param.IntegerRange{From: 1, To: media.MaxChannels},
	}, {
		Name:        "channel_map",
		Default:     param.Ints(),
		Description: "Channels of the device to take instead, from 0, one for each channel of the sound; channels does not count then. As in [0] for the first microphone of an array.",
		Range:       param.IntegerRange{From: 0, To: media.MaxChannels - 1},
	}, {
		Name:        "sample_format",
		Default:     param.String(string(media.S16LE)),
		Description: "Format of one sample; a WAV file has its own.",
		Choices:     param.OneOf(words(media.SampleFormats)...),
	}, {
		Name:        "allow_conversion",
		Default:     param.Bool(true),
		Description: "Convert rate, channels and format where the device has others, and warn; false refuses the device instead.",
	}, {
		Name:        "block_size",
		Default:     param.Int(441),
		Description: "Audio frames in one message [audio frames].",
		Range:       param.IntegerRange{From: 1, To: 1 << 20},
	}, {
		Name:        "fifo_size",
		Default:     param.Int(66000),
		Description: "Newest audio frames kept at hand: the length of a snippet, and how long a subscriber may hold up publishing before sound is lost [audio frames].",
		Range:       param.IntegerRange{From: 2, To: 1 << 26},
	}, {
		Name:        "loop",
		Default:     param.Bool(false),
		Description: "Play a file again and again.",
	}, {
		Name:        "realtime",
		Default:     param.Bool(true),
		Description: "Play a file at its own rate; false plays it as fast as its subscribers take it, from when there is one, for batch work.",
		ReadOnly:    true,
	}, {
		Name:        "audio_outputs",
		Default:     param.Strings(),
		Description: "Sound in messages of others too, while somebody is subscribed: audio_common for ~/audio_common (audio_common_msgs), foxglove for ~/audio_foxglove (foxglove_msgs). Their packages have to be there when av_capture is built.",
		Choices:     param.OneOf("audio_common", "foxglove"),
		ReadOnly:    true,
	}, {
		Name:        "audio_common.format",
		Default:     param.String(audiocommon.Wave),
		Description: "What ~/audio_common holds, in audio_capture's words: wave is samples as they are, without a header, mp3 is MP3 made by ffmpeg.",
		Choices:     param.OneOf(audiocommon.Wave, audiocommon.MP3),
		ReadOnly:    true,
	}, {
		Name:        "audio_common.bitrate",
		Default:     param.Int(192),
		Description: "Bit rate of mp3 [kbit/s].",
		Range:       param.IntegerRange{From: 8, To: 320},
		ReadOnly:    true,
	}, {
		Name:        "synthetic.signal",
		Default:     param.String("tones"),
		Description: "What the source synthetic sounds like: tones (440 and 1000 Hz), a sweep of 10 s, white noise, or impulses at whole seconds of ROS time.",
		Choices:     param.OneOf("tones", "sweep", "noise", "impulses"),
	}, {
		Name:        "synthetic.seed",
		Default:     param.Int(0),
		Description: "Start of the noise's sequence.",
		Range:       param.IntegerRange{From: 0, To: math.MaxInt64},
	}, {
		Name:        "device_latency",
		Default:     param.Double(0),
		Description: "Constant time from a sound's arrival at the microphone to its earliest arrival from the sound system, subtracted from all stamps [s].",
		Range:       param.DoubleRange{From: 0, To: 10},
	}, node.FrameIDParameter("microphone"), threadPriority, {
		Name:        "spectrum.window_size",
		Default:     param.Int(2048),
		Description: "Audio frames that one FFT sees [audio frames].",
		Range:       param.IntegerRange{From: 2, To: 1 << 20},
	}, {
		Name:        "spectrum.hop_size",
		Default:     param.Int(1024),
		Description: "Audio frames from the start of one window to the start of the next [audio frames].",
		Range:       param.IntegerRange{From: 1, To: 1 << 20},
	}, {
		Name:        "spectrum.window",
		Default:     param.String(string(dsp.Hann)),
		Description: "Window function.",
		Choices:     param.OneOf(words(dsp.Windows)...),
	}, {
		Name:        "spectrum.scaling",
		Default:     param.String(string(dsp.Decibel)),
		Description: "What the spectrum's numbers mean: AMPLITUDE [full scale], POWER [FS^2], DENSITY [FS^2/Hz] or DECIBEL [dBFS].",
		Choices:     param.OneOf(words(dsp.Scalings)...),
	}, {
		Name:        "spectrum.average",
		Default:     param.Int(1),
		Description: "Windows that one spectrum is the mean of, in power (Welch's method); 1 for each window by itself.",
		Range:       param.IntegerRange{From: 1, To: 1 << 16},
	},
}, spectrogramParameters, []param.Declaration{
	{
		Name:        "record_directory",
		Default:     param.String(""),
		Description: "Folder of recordings and snippets, which is made if it is not there, ~ for the user's; empty for av_capture in ROS_HOME, mostly ~/.ros.",
		Check:       func(v param.Value) error { return record.Check(v.Text()) },
		Constraint:  "without control characters",
	},
}, node.CommonParameters), node.Ignored, param.WithCheck(checkCombination))

// defaultDevice is the sound system's.
const defaultDevice = "default"

// channels returns the number of channels that the parameters ask for.
func channels(set param.Set) int64 {
	if chosen := set.Ints("channel_map"); set.String("source") == "device" && len(chosen) > 0 {
		return int64(len(chosen))
	}
	return set.Int("channels")
}

// checkCombination refuses parameters that do not fit together.
func checkCombination(set param.Set) error {
	fifo := set.Int("fifo_size")
	for _, name := range []string{"block_size", "spectrum.window_size"} {
		if size := set.Int(name); 2*size > fifo {
			return fmt.Errorf("parameter %q is %d, but at most half of fifo_size (%d) is allowed: make fifo_size at least %d", name, size, fifo, 2*size)
		}
	}
	if chosen := len(set.Ints("channel_map")); chosen > media.MaxChannels {
		return fmt.Errorf("parameter \"channel_map\" has %d channels, but at most %d are allowed", chosen, media.MaxChannels)
	}
	if source := set.String("source"); source != "device" && len(set.Ints("channel_map")) > 0 {
		return fmt.Errorf("parameters \"channel_map\" and \"source\" are %v and %q, but only a device has channels to choose from: leave channel_map empty", set.Ints("channel_map"), source)
	}
	if err := fifoCheck(fifo, channels(set), media.SampleFormat(set.String("sample_format"))); err != nil {
		return err
	}
	return spectrogramCheck(set)
}

// fifoCheck refuses a ring that takes more than fifoLimit.
func fifoCheck(fifo, channels int64, encoding media.SampleFormat) error {
	if frame := channels * int64(encoding.Size()); fifo > fifoLimit/frame {
		return fmt.Errorf("parameter \"fifo_size\" is %d, but at most %d is allowed with %d channels of %s", fifo, fifoLimit/frame, channels, encoding)
	}
	return nil
}

// fifoLimit is the limit of the ring's memory [bytes].
const fifoLimit = 1 << 28

// Config holds the values of the microphone's parameters.
type Config struct {
	// Only for opening the source: the full name of the node, and what the parameters
	// may name.
	Node    string
	Allowed *Allowlist

	Source          string // device, file or synthetic
	Device          string
	Backend         string // auto, pulseaudio, alsa or jack
	SampleRate      int    // [Hz]
	Channels        int
	ChannelMap      []int // channels of the device, instead of Channels
	SampleFormat    media.SampleFormat
	AllowConversion bool
	BlockSize       int // [audio frames]
	FifoSize        int // [audio frames]
	Loop            bool
	Realtime        bool
	Signal          string        // of a synthetic source
	Seed            uint64        // of its noise
	DeviceLatency   time.Duration // subtracted from stamps
	ThreadPriority  int           // real-time; 0 for none
	FrameID         string
	RecordDirectory string
	Spectrum        SpectrumConfig
	Spectrogram     SpectrogramConfig
}

// SpectrumConfig holds the values of the parameters of ~/spectrum.
type SpectrumConfig struct {
	WindowSize int // [audio frames]
	HopSize    int // [audio frames]
	Window     dsp.Window
	Scaling    dsp.Scaling
	Average    int // windows in one spectrum
}

func configOf(set param.Set) Config {
	return Config{
		Source:          set.String("source"),
		Device:          set.String("device"),
		Backend:         set.String("backend"),
		SampleRate:      int(set.Int("sample_rate")),
		Channels:        int(set.Int("channels")),
		ChannelMap:      integers(set.Ints("channel_map")),
		SampleFormat:    media.SampleFormat(set.String("sample_format")),
		AllowConversion: set.Bool("allow_conversion"),
		BlockSize:       int(set.Int("block_size")),
		FifoSize:        int(set.Int("fifo_size")),
		Loop:            set.Bool("loop"),
		Realtime:        set.Bool("realtime"),
		Signal:          set.String("synthetic.signal"),
		Seed:            uint64(set.Int("synthetic.seed")),
		DeviceLatency:   node.Seconds(set.Double("device_latency")),
		ThreadPriority:  int(set.Int(threadPriority.Name)),
		FrameID:         set.String("frame_id"),
		RecordDirectory: set.String("record_directory"),
		Spectrum: SpectrumConfig{
			WindowSize: int(set.Int("spectrum.window_size")),
			HopSize:    int(set.Int("spectrum.hop_size")),
			Window:     dsp.Window(set.String("spectrum.window")),
			Scaling:    dsp.Scaling(set.String("spectrum.scaling")),
			Average:    int(set.Int("spectrum.average")),
		},
		Spectrogram: spectrogramConfig(set),
	}
}

// integers returns the elements of a list as int; nil for none.
func integers(list []int64) []int {
	var all []int
	for _, n := range list {
		all = append(all, int(n))
	}
	return all
}

// sourceOnly returns the values that a source of its kind looks at: if one of them
// changes, the source is opened anew.
func (c Config) sourceOnly() Config {
	c.FrameID, c.RecordDirectory = "", ""
	c.Spectrum, c.Spectrogram = SpectrumConfig{}, SpectrogramConfig{}
	switch c.Source {
	case "device":
		if len(c.ChannelMap) > 0 {
			c.Channels = 0 // does not count
		}
		c.Loop, c.Signal, c.Seed = false, "", 0
	case "file":
		c.Backend, c.AllowConversion = "", false
		c.SampleRate, c.Channels, c.ChannelMap = 0, 0, nil
		c.Signal, c.Seed = "", 0
	case "synthetic":
		c.Device, c.Backend, c.ChannelMap, c.AllowConversion, c.Loop = "", "", nil, false, false
	}
	return c
}

// given returns the values that a source gives, by parameter.
func given(format media.AudioFormat) map[string]param.Value {
	return map[string]param.Value{
		"sample_rate":   param.Int(int64(format.SampleRate)),
		"channels":      param.Int(int64(format.Channels)),
		"sample_format": param.String(string(format.Encoding)),
	}
}

// inputOf returns the input that the parameters name.
func inputOf(set param.Set) node.Input {
	switch source := set.String("source"); source {
	case "synthetic":
		return node.Input{Parameter: "source", Name: source, Device: false}
	default:
		return node.Input{Parameter: "device", Name: set.String("device"), Device: source == "device"}
	}
}

// words converts the names of a choice to strings, for a declaration.
func words[T ~string](names []T) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return texts
}

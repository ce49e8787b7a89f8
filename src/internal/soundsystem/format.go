package soundsystem

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/media"
)

// Format is a format of a device's sound without conversion. Zero values mean any.
type Format struct {
	SampleRate int                // [Hz]
	Channels   int                // samples per audio frame
	Encoding   media.SampleFormat // of one sample
}

// String describes the format for people, as in "44100 Hz, 1 channel, S16LE".
func (f Format) String() string {
	text := media.AudioFormat{SampleRate: f.SampleRate, Channels: f.Channels, Encoding: f.Encoding}.String()
	parts := strings.Split(text, ", ")
	if f.SampleRate == 0 {
		parts[0] = "any rate"
	}
	if f.Channels == 0 {
		parts[1] = "any channels"
	}
	if f.Encoding == "" {
		parts[2] = "another encoding"
	}
	return strings.Join(parts, ", ")
}

// gives reports whether a device with this format can give or take the wanted one.
func (f Format) gives(wanted Format) bool {
	fits := func(has, want int) bool { return has == 0 || want == 0 || has == want }
	return fits(f.SampleRate, wanted.SampleRate) && fits(f.Channels, wanted.Channels) &&
		(wanted.Encoding == "" || f.Encoding == wanted.Encoding)
}

// complete fills the zero values of wanted with this format's.
func (f Format) complete(wanted Format) Format {
	if wanted.SampleRate == 0 {
		wanted.SampleRate = f.SampleRate
	}
	if wanted.Channels == 0 {
		wanted.Channels = f.Channels
	}
	if wanted.Encoding == "" {
		wanted.Encoding = f.Encoding
	}
	return wanted
}

// Negotiate returns the native format to open a device with, and the given format: the wanted
// one, completed by the device's. converted reports whether they differ.
//
// channels is the number that the device must have for a channel map, or 0 for any number.
// The wanted channels are then chosen from them, which is no conversion.
//
// A device that has another rate is opened with the next higher one, else with its
// highest; one that has another encoding, if it can be, with one of at least the
// resolution; one that has other numbers of channels with the next higher one, else
// with its highest.
func Negotiate(device []Format, wanted Format, channels int) (native, given Format, converted bool) {
	needed := wanted
	if channels > 0 {
		needed.Channels = channels
	}
	if len(device) == 0 {
		return needed, wanted, true
	}
	native = slices.MinFunc(device, func(a, b Format) int {
		return slices.Compare(a.loss(needed), b.loss(needed))
	})
	given = native.complete(wanted)
	same := given
	if channels > 0 {
		same.Channels = 0 // they are chosen from the device's
	}
	return native.specified(needed), given, !native.gives(same)
}

// loss returns the loss by a conversion of a device's format to the wanted one, the most
// important first: missing channels, another rate, a lower resolution, surplus channels.
func (f Format) loss(wanted Format) []float64 {
	var missing, more, rate, encoding float64
	if f.Channels != 0 && wanted.Channels != 0 {
		missing = float64(max(0, wanted.Channels-f.Channels))
		more = float64(max(0, f.Channels-wanted.Channels))
	}
	if f.SampleRate != 0 && wanted.SampleRate != 0 && f.SampleRate != wanted.SampleRate {
		rate = float64(f.SampleRate) / float64(wanted.SampleRate)
		if rate < 1 {
			rate = MaxSampleRate / rate // worse than any higher one
		}
	}
	if wanted.Encoding != "" && f.Encoding != wanted.Encoding {
		encoding = 1
		if resolution[f.Encoding] < resolution[wanted.Encoding] {
			encoding = 2
		}
	}
	return []float64{missing, rate, encoding, more}
}

// resolution is the resolution of encodings [bits].
var resolution = map[media.SampleFormat]int{media.U8: 8, media.S16LE: 16, media.S24LE: 24, media.F32LE: 25, media.S32LE: 32}

// specified fills in a rate and channels that the device leaves open.
func (f Format) specified(wanted Format) Format {
	if f.SampleRate == 0 {
		f.SampleRate = wanted.SampleRate
	}
	if f.Channels == 0 {
		f.Channels = wanted.Channels
	}
	return f
}

// Describe describes formats for people. Of a card's dozens it lists the first ones, which the
// sound system prefers.
func Describe(formats []Format) string {
	const shown = 8
	var text []string
	for i, f := range formats {
		if i == shown {
			text = append(text, fmt.Sprintf("and %d more", len(formats)-shown))
			break
		}
		text = append(text, f.String())
	}
	if len(text) == 0 {
		return "nothing that it tells of"
	}
	return strings.Join(text, "; ")
}

var encodings = map[malgo.FormatType]media.SampleFormat{
	malgo.FormatU8:  media.U8,
	malgo.FormatS16: media.S16LE,
	malgo.FormatS24: media.S24LE,
	malgo.FormatS32: media.S32LE,
	malgo.FormatF32: media.F32LE,
}

// nativeEncoding returns miniaudio's number for an encoding; FormatUnknown, which stands for
// the device's own, for any other.
func nativeEncoding(encoding media.SampleFormat) malgo.FormatType {
	for number, e := range encodings {
		if e == encoding {
			return number
		}
	}
	return malgo.FormatUnknown
}

func formatsOf(info malgo.DeviceInfo) []Format {
	formats := make([]Format, 0, len(info.Formats))
	for _, f := range info.Formats {
		formats = append(formats, Format{
			SampleRate: int(f.SampleRate),
			Channels:   int(f.Channels),
			Encoding:   encodings[f.Format],
		})
	}
	return formats
}

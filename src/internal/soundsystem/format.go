package soundsystem

import (
	"fmt"
	"strings"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/acquire"
)

// Format is one way in which a device can give or take sound without conversion. Zero
// values mean any.
type Format struct {
	SampleRate int                  // [Hz]
	Channels   int                  // samples per audio frame
	Encoding   acquire.SampleFormat // of one sample
}

// String describes the format for people, as in "44100 Hz, 1 channel, S16LE".
func (f Format) String() string {
	text := acquire.AudioFormat{SampleRate: f.SampleRate, Channels: f.Channels, Encoding: f.Encoding}.String()
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

// gives reports whether a device with this format can give or take what is wanted.
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

// Negotiate returns what to open a device with: what is wanted, completed with
// what the device has. converted says that the sound system must convert.
func Negotiate(device []Format, wanted Format) (chosen Format, converted bool) {
	for _, f := range device {
		if f.gives(wanted) {
			return f.complete(wanted), false
		}
	}
	if len(device) > 0 {
		wanted = device[0].complete(wanted)
	}
	return wanted, true
}

// Describe describes formats for people. A card may have dozens: the first ones
// are those that the sound system prefers.
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

var encodings = map[malgo.FormatType]acquire.SampleFormat{
	malgo.FormatU8:  acquire.U8,
	malgo.FormatS16: acquire.S16LE,
	malgo.FormatS24: acquire.S24LE,
	malgo.FormatS32: acquire.S32LE,
	malgo.FormatF32: acquire.F32LE,
}

// nativeEncoding returns miniaudio's number for an encoding, or FormatUnknown,
// which stands for the device's own.
func nativeEncoding(encoding acquire.SampleFormat) malgo.FormatType {
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

package wav

import (
	"encoding/binary"
	"errors"
	"fmt"

	"av_capture/src/internal/media"
)

// Values of the format chunk's first field, or of the sub-format in the extensible form.
const (
	formatPCM        = 1
	formatFloat      = 3
	formatExtensible = 0xFFFE
)

// subFormatTail is the GUID of a sub-format without its first two bytes, which are the
// format.
const subFormatTail = "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"

// largeLength in a field of 32 bits means that the length is in the ds64 chunk.
const largeLength = 0xFFFFFFFF

// Lengths that mean an unknown length, as programs write them to a pipe, where they cannot
// go back: 0, or unknownLength and more, less the remainder of an audio frame. sox writes
// that one, arecord and ffmpeg larger ones. In a ds64 chunk it is unknownLargeLength and
// more, which exceeds every file.
const (
	unknownLength      = 0x7FFFF000
	unknownLargeLength = 1 << 62
)

// ErrUnsupported means that a file is no WAV file, or of an unsupported format. The text
// says which.
var ErrUnsupported = media.ErrUnsupported

func unsupported(format string, values ...any) error {
	return fmt.Errorf(format+": %w", append(values, ErrUnsupported)...)
}

// parseFormat parses the body of a format chunk, or its first 40 bytes.
func (h *Header) parseFormat(body []byte) error {
	if len(body) < 16 {
		return unsupported("a WAV file with a format chunk of %d bytes, must be at least 16", len(body))
	}
	format := binary.LittleEndian.Uint16(body)
	h.Channels = int(binary.LittleEndian.Uint16(body[2:]))
	h.SampleRate = int(binary.LittleEndian.Uint32(body[4:]))
	frameSize := int(binary.LittleEndian.Uint16(body[12:]))
	bits := int(binary.LittleEndian.Uint16(body[14:])) // the high ones of a whole number of bytes
	bytes := (bits + 7) / 8
	if format == formatExtensible {
		if len(body) < 40 || string(body[26:40]) != subFormatTail {
			return unsupported("a WAV file of an unknown extensible format, must be PCM or IEEE float")
		}
		format = binary.LittleEndian.Uint16(body[24:])
	}
	h.Encoding = ""
	switch {
	case format == formatPCM && bytes == 1:
		h.Encoding = media.U8
	case format == formatPCM && bytes == 2:
		h.Encoding = media.S16LE
	case format == formatPCM && bytes == 3 && frameSize == 4*h.Channels && h.Channels > 0:
		// Samples of 3 bytes to sox and Python, floating point of 4 to ffmpeg.
		return unsupported("a WAV file of %d bits per sample that says it has 4 bytes for each, which programs read in different ways: make it one of 24 bits in 3 bytes, or of 32 bits", bits)
	case format == formatPCM && bytes == 3:
		h.Encoding = media.S24LE
	case format == formatPCM && bytes == 4:
		h.Encoding = media.S32LE
	case format == formatFloat && bits == 32:
		h.Encoding = media.F32LE
	case format == formatPCM || format == formatFloat:
		return unsupported("a WAV file of %d bits per sample in format %d, must be PCM (1) of 1 to 32 bits or IEEE float (3) of 32", bits, format)
	default:
		return unsupported("a WAV file of codec 0x%04x, must be PCM (1) or IEEE float (3)", format)
	}
	// The file's bytes per audio frame are ignored, as by other readers: some writers
	// leave 0.
	if h.Channels < 1 || h.SampleRate < 1 {
		return unsupported("a WAV file with impossible values: %d channels, %d Hz", h.Channels, h.SampleRate)
	}
	if h.FrameSize() > 0xFFFF { // more than the header's field holds
		return unsupported("a WAV file with impossible values: %d channels of %s are %d bytes an audio frame", h.Channels, h.Encoding, h.FrameSize())
	}
	return nil
}

// checkFormat returns an error for a format that cannot be written.
func checkFormat(format media.AudioFormat) error {
	switch {
	case format.Encoding.Size() == 0:
		return fmt.Errorf("wav: encoding %q, must be one of %v", format.Encoding, media.SampleFormats)
	case format.Channels < 1 || format.FrameSize() > 0xFFFF:
		return fmt.Errorf("wav: %d channels of %s, must be at least 1 and at most %d bytes for each audio frame", format.Channels, format.Encoding, 0xFFFF)
	case format.SampleRate < 1 || uint64(format.SampleRate)*uint64(format.FrameSize()) > 0xFFFFFFFF:
		return errors.New("wav: sample rate " + fmt.Sprint(format.SampleRate) + " Hz does not fit a WAV file")
	}
	return nil
}

// appendFormat appends the format chunk, in the plain form where it is allowed: integers
// of at most 16 bits and floating point, with one or two channels. The extensible form has
// no speaker positions for more than two channels, as for a microphone array.
func appendFormat(b []byte, format media.AudioFormat) []byte {
	code := formatPCM
	if format.Encoding == media.F32LE {
		code = formatFloat
	}
	bits := 8 * format.Encoding.Size()
	extensible := format.Channels > 2 || code == formatPCM && bits > 16
	b = append(b, "fmt "...)
	tag, size := code, 16
	switch {
	case extensible:
		tag, size = formatExtensible, 40
	case code != formatPCM:
		size = 18
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint16(b, uint16(tag))
	b = binary.LittleEndian.AppendUint16(b, uint16(format.Channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(format.SampleRate))
	b = binary.LittleEndian.AppendUint32(b, uint32(format.SampleRate*format.FrameSize()))
	b = binary.LittleEndian.AppendUint16(b, uint16(format.FrameSize()))
	b = binary.LittleEndian.AppendUint16(b, uint16(bits))
	if size == 16 {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(size-18)) // bytes that follow
	if !extensible {
		return b
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(bits)) // valid bits
	b = binary.LittleEndian.AppendUint32(b, channelMask(format.Channels))
	b = binary.LittleEndian.AppendUint16(b, uint16(code))
	return append(b, subFormatTail...)
}

// channelMask returns the speaker positions: centre for one channel, left and right for
// two, none for more.
func channelMask(channels int) uint32 {
	switch channels {
	case 1:
		return 0x4
	case 2:
		return 0x3
	}
	return 0
}

// Silence returns the byte of silence: 128 in U8, else 0.
func Silence(encoding media.SampleFormat) byte {
	if encoding == media.U8 {
		return 128
	}
	return 0
}

package wav

import (
	"encoding/binary"
	"errors"
	"fmt"

	"av_capture/src/internal/acquire"
)

// Values of the format chunk's first field, in the extensible form of its
// sub-format's.
const (
	formatPCM        = 1
	formatFloat      = 3
	formatExtensible = 0xFFFE
)

// subFormatTail is what follows the two bytes of the format in the GUIDs of
// the extensible form's sub-formats.
const subFormatTail = "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"

// unknownLength stands in a length of 32 bits where the length is in the ds64
// chunk, or where the writer could not go back, as in a pipe.
const unknownLength = 0xFFFFFFFF

// ErrUnsupported says that a file is none of WAV, or of a kind that is not
// known here. The text says which.
var ErrUnsupported = acquire.ErrUnsupported

func unsupported(format string, values ...any) error {
	return fmt.Errorf(format+": %w", append(values, ErrUnsupported)...)
}

// parseFormat reads the body of a format chunk, or the first 40 bytes of it.
func (h *Header) parseFormat(body []byte) error {
	if len(body) < 16 {
		return unsupported("a WAV file with a format chunk of %d bytes, must be at least 16", len(body))
	}
	format := binary.LittleEndian.Uint16(body)
	h.Channels = int(binary.LittleEndian.Uint16(body[2:]))
	h.SampleRate = int(binary.LittleEndian.Uint32(body[4:]))
	frameSize := int(binary.LittleEndian.Uint16(body[12:]))
	bits := int(binary.LittleEndian.Uint16(body[14:])) // of the container; fewer valid ones are its high ones
	if format == formatExtensible {
		if len(body) < 40 || string(body[26:40]) != subFormatTail {
			return unsupported("a WAV file of an unknown extensible format, must be PCM or IEEE float")
		}
		format = binary.LittleEndian.Uint16(body[24:])
	}
	h.Encoding = ""
	switch {
	case format == formatPCM && bits == 8:
		h.Encoding = acquire.U8
	case format == formatPCM && bits == 16:
		h.Encoding = acquire.S16LE
	case format == formatPCM && bits == 24:
		h.Encoding = acquire.S24LE
	case format == formatPCM && bits == 32:
		h.Encoding = acquire.S32LE
	case format == formatFloat && bits == 32:
		h.Encoding = acquire.F32LE
	case format == formatPCM || format == formatFloat:
		return unsupported("a WAV file of %d bits per sample in format %d, must be PCM (1) of 8, 16, 24 or 32 bits or IEEE float (3) of 32", bits, format)
	default:
		return unsupported("a WAV file of codec 0x%04x, must be PCM (1) or IEEE float (3)", format)
	}
	if h.Channels < 1 || h.SampleRate < 1 || frameSize != h.FrameSize() {
		return unsupported("a WAV file with impossible values: %d channels, %d Hz, %d bytes per audio frame", h.Channels, h.SampleRate, frameSize)
	}
	return nil
}

// check says what of a format cannot be written.
func check(format acquire.AudioFormat) error {
	switch {
	case format.Encoding.Size() == 0:
		return fmt.Errorf("wav: encoding %q, must be one of %v", format.Encoding, acquire.SampleFormats)
	case format.Channels < 1 || format.FrameSize() > 0xFFFF:
		return fmt.Errorf("wav: %d channels of %s, must be at least 1 and at most %d bytes for each audio frame", format.Channels, format.Encoding, 0xFFFF)
	case format.SampleRate < 1 || uint64(format.SampleRate)*uint64(format.FrameSize()) > 0xFFFFFFFF:
		return errors.New("wav: sample rate " + fmt.Sprint(format.SampleRate) + " Hz does not fit a WAV file")
	}
	return nil
}

// appendFormat appends the format chunk. It is of the plain form where that may
// be: integers of at most 16 bits and floating point, of one or two channels.
// Others take the extensible one, with no positions of speakers for more than
// two channels, since a microphone array's channels have none.
func appendFormat(b []byte, format acquire.AudioFormat) []byte {
	code := formatPCM
	if format.Encoding == acquire.F32LE {
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
	b = binary.LittleEndian.AppendUint16(b, uint16(bits)) // valid ones
	b = binary.LittleEndian.AppendUint32(b, speakers(format.Channels))
	b = binary.LittleEndian.AppendUint16(b, uint16(code))
	return append(b, subFormatTail...)
}

// speakers returns the channel mask: centre for one channel, left and right for
// two, none for more.
func speakers(channels int) uint32 {
	switch channels {
	case 1:
		return 0x4
	case 2:
		return 0x3
	}
	return 0
}

// Silence returns the byte that samples of silence are made of.
func Silence(encoding acquire.SampleFormat) byte {
	if encoding == acquire.U8 {
		return 128
	}
	return 0
}

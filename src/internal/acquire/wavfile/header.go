package wavfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

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

// unknownLength stands in the data chunk's length of files that were written
// to a pipe.
const unknownLength = 0xFFFFFFFF

// header is what a file says about its sound.
type header struct {
	rate      int // [Hz]
	channels  int
	encoding  acquire.SampleFormat
	start     int64 // [bytes] offset of the samples in the file
	length    int64 // [bytes] of whole audio frames that are there
	truncated int64 // [bytes] promised but not there
}

func (h header) frameSize() int { return h.channels * h.encoding.Size() }

// readHeader reads the chunks up to the samples of a file of that size.
func readHeader(file io.ReaderAt, size int64) (header, error) {
	var id [12]byte
	if _, err := file.ReadAt(id[:], 0); err != nil || string(id[8:]) != "WAVE" {
		return header{}, unsupported("not a WAV file")
	}
	switch string(id[:4]) {
	case "RIFF":
	case "RF64", "BW64":
		return header{}, unsupported("an %s file, convert it to WAV (RIFF)", id[:4])
	default:
		return header{}, unsupported("not a WAV file")
	}
	var h header
	for at := int64(len(id)); ; {
		var chunk [8]byte
		if _, err := file.ReadAt(chunk[:], at); errors.Is(err, io.EOF) {
			return header{}, unsupported("a WAV file without a data chunk")
		} else if err != nil {
			return header{}, err
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		at += int64(len(chunk))
		switch string(chunk[:4]) {
		case "fmt ":
			body := make([]byte, min(length, 40))
			if _, err := file.ReadAt(body, at); err != nil {
				return header{}, unsupported("a WAV file whose format chunk is cut off")
			}
			if err := h.parseFormat(body); err != nil {
				return header{}, err
			}
		case "data":
			if h.rate == 0 {
				return header{}, unsupported("a WAV file without a format chunk before its data")
			}
			h.setData(at, length, size)
			return h, nil
		}
		at += length + length%2 // chunks are padded to even lengths
	}
}

func (h *header) parseFormat(body []byte) error {
	if len(body) < 16 {
		return unsupported("a WAV file with a format chunk of %d bytes, must be at least 16", len(body))
	}
	format := binary.LittleEndian.Uint16(body)
	h.channels = int(binary.LittleEndian.Uint16(body[2:]))
	h.rate = int(binary.LittleEndian.Uint32(body[4:]))
	frameSize := int(binary.LittleEndian.Uint16(body[12:]))
	bits := int(binary.LittleEndian.Uint16(body[14:])) // of the container; fewer valid ones are its high ones
	if format == formatExtensible {
		if len(body) < 40 || string(body[26:]) != subFormatTail {
			return unsupported("a WAV file of an unknown extensible format, must be PCM or IEEE float")
		}
		format = binary.LittleEndian.Uint16(body[24:])
	}
	h.encoding = ""
	switch {
	case format == formatPCM && bits == 8:
		h.encoding = acquire.U8
	case format == formatPCM && bits == 16:
		h.encoding = acquire.S16LE
	case format == formatPCM && bits == 24:
		h.encoding = acquire.S24LE
	case format == formatPCM && bits == 32:
		h.encoding = acquire.S32LE
	case format == formatFloat && bits == 32:
		h.encoding = acquire.F32LE
	case format == formatPCM || format == formatFloat:
		return unsupported("a WAV file of %d bits per sample in format %d, must be PCM (1) of 8, 16, 24 or 32 bits or IEEE float (3) of 32", bits, format)
	default:
		return unsupported("a WAV file of codec 0x%04x, must be PCM (1) or IEEE float (3)", format)
	}
	if h.channels < 1 || h.rate < 1 || frameSize != h.frameSize() {
		return unsupported("a WAV file with impossible values: %d channels, %d Hz, %d bytes per audio frame", h.channels, h.rate, frameSize)
	}
	return nil
}

// setData finds out how much of the data is there. A length of 0 or of
// unknownLength is what a writer leaves that could not go back: the data then
// reaches to the end of the file.
func (h *header) setData(start, length, size int64) {
	h.start = start
	there := max(0, size-start)
	if length == unknownLength || length == 0 {
		length = there
	}
	if length > there {
		h.truncated = length - there
		length = there
	}
	h.length = length - length%int64(h.frameSize())
}

func unsupported(format string, values ...any) error {
	return fmt.Errorf(format+": %w", append(values, acquire.ErrUnsupported)...)
}

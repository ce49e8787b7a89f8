package wav

import (
	"encoding/binary"
	"errors"
	"io"

	"av_capture/src/internal/acquire"
)

// Header is what a file says about its sound.
type Header struct {
	SampleRate int // [Hz]
	Channels   int
	Encoding   acquire.SampleFormat
	Start      int64 // [bytes] offset of the samples in the file
	Length     int64 // [bytes] of whole audio frames that are there
	Truncated  int64 // [bytes] promised but not there
}

// FrameSize returns the bytes of one audio frame.
func (h Header) FrameSize() int { return h.Channels * h.Encoding.Size() }

// Read reads the chunks up to the samples of a file of that size. Its errors
// wrap [ErrUnsupported], but for those of reading itself.
func Read(file io.ReaderAt, size int64) (Header, error) {
	var id [12]byte
	if _, err := file.ReadAt(id[:], 0); err != nil || string(id[8:]) != "WAVE" {
		return Header{}, unsupported("not a WAV file")
	}
	var large bool // its lengths are in the ds64 chunk
	switch string(id[:4]) {
	case "RIFF":
	case "RF64", "BW64":
		large = true
	default:
		return Header{}, unsupported("not a WAV file")
	}
	var h Header
	var dataLength int64 // by the ds64 chunk
	for at, first := int64(len(id)), true; ; first = false {
		var chunk [8]byte
		if _, err := file.ReadAt(chunk[:], at); errors.Is(err, io.EOF) {
			return Header{}, unsupported("a WAV file without a data chunk")
		} else if err != nil {
			return Header{}, err
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		at += int64(len(chunk))
		if large && first && string(chunk[:4]) != "ds64" {
			return Header{}, unsupported("an %s file without a ds64 chunk first", id[:4])
		}
		switch string(chunk[:4]) {
		case "ds64":
			var body [16]byte // the file's length, then that of the data
			if _, err := file.ReadAt(body[:], at); err != nil || length < int64(len(body)) {
				return Header{}, unsupported("a WAV file whose ds64 chunk is cut off")
			}
			dataLength = int64(min(binary.LittleEndian.Uint64(body[8:]), 1<<62))
		case "fmt ":
			body := make([]byte, min(length, 40))
			if _, err := file.ReadAt(body, at); err != nil {
				return Header{}, unsupported("a WAV file whose format chunk is cut off")
			}
			if err := h.parseFormat(body); err != nil {
				return Header{}, err
			}
		case "data":
			if h.SampleRate == 0 {
				return Header{}, unsupported("a WAV file without a format chunk before its data")
			}
			if large && length == unknownLength {
				length = dataLength
			}
			h.setData(at, length, size)
			return h, nil
		}
		at += length + length%2 // chunks are padded to even lengths
	}
}

// setData finds out how much of the data is there. A length of 0 or of
// unknownLength is what a writer leaves that could not go back: the data then
// reaches to the end of the file.
func (h *Header) setData(start, length, size int64) {
	h.Start = start
	there := max(0, size-start)
	if length == unknownLength || length == 0 {
		length = there
	}
	if length > there {
		h.Truncated = length - there
		length = there
	}
	h.Length = length - length%int64(h.FrameSize())
}

package wav

import (
	"encoding/binary"
	"errors"
	"io"

	"av_capture/src/internal/media"
)

// Header is the content of a file's header.
type Header struct {
	SampleRate int // [Hz]
	Channels   int
	Encoding   media.SampleFormat
	Start      int64 // [bytes] offset of the samples in the file
	Length     int64 // [bytes] of whole audio frames in the file
	Truncated  int64 // [bytes] that the header promises but the file lacks
}

// FrameSize returns the size of one audio frame [bytes].
func (h Header) FrameSize() int { return h.Channels * h.Encoding.Size() }

// maxChunks bounds the chunks before the samples, as in a file of empty chunks only.
// Programs write a dozen at most.
const maxChunks = 1000

// Is reports whether a file begins as a WAV file does.
func Is(file io.ReaderAt) bool {
	var id [12]byte
	_, err := file.ReadAt(id[:], 0)
	_, ok := kind(id, err)
	return ok
}

// kind returns the kind of a WAV file by its first bytes, and false of another file. It is
// large if its lengths are in the ds64 chunk.
func kind(id [12]byte, err error) (large, ok bool) {
	if err != nil || string(id[8:]) != "WAVE" {
		return false, false
	}
	switch string(id[:4]) {
	case "RIFF":
		return false, true
	case "RF64", "BW64":
		return true, true
	}
	return false, false
}

// Read reads the chunks of a file, of a size in bytes, up to the samples. Its errors wrap
// [ErrUnsupported], but for those of reading itself.
func Read(file io.ReaderAt, size int64) (Header, error) {
	var id [12]byte
	_, err := file.ReadAt(id[:], 0)
	large, ok := kind(id, err)
	if !ok {
		return Header{}, unsupported("not a WAV file")
	}
	var h Header
	var dataLength int64 // from the ds64 chunk
	at := int64(len(id))
	for count := range maxChunks {
		var chunk [8]byte
		if _, err := file.ReadAt(chunk[:], at); errors.Is(err, io.EOF) {
			return Header{}, unsupported("a WAV file without a data chunk")
		} else if err != nil {
			return Header{}, err
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		at += int64(len(chunk))
		if large && count == 0 && string(chunk[:4]) != "ds64" {
			return Header{}, unsupported("an %s file without a ds64 chunk first", id[:4])
		}
		switch string(chunk[:4]) {
		case "ds64":
			var body [16]byte // the file's length, then that of the data
			if _, err := file.ReadAt(body[:], at); err != nil || length < int64(len(body)) {
				return Header{}, unsupported("a WAV file whose ds64 chunk is cut off")
			}
			dataLength = int64(min(binary.LittleEndian.Uint64(body[8:]), unknownLargeLength))
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
			unknown := length == 0 || length > unknownLength-int64(h.FrameSize())
			if large && length == largeLength {
				length, unknown = dataLength, dataLength == 0 || dataLength >= unknownLargeLength
			}
			h.setData(at, length, size, unknown)
			return h, nil
		}
		at += length + length%2 // chunks are padded to even lengths
	}
	return Header{}, unsupported("a WAV file without a data chunk among its first %d chunks", maxChunks)
}

// setData sets the part of the data, from start on, that a file of that size holds. An
// unknown length, as of a program that wrote to a pipe, stands for the rest of the file,
// unless the file holds as much as it says.
func (h *Header) setData(start, length, size int64, unknown bool) {
	h.Start = start
	there := max(0, size-start)
	if unknown && (length == 0 || length > there) {
		length = there
	}
	if length > there {
		h.Truncated = length - there
		length = there
	}
	h.Length = length - length%int64(h.FrameSize())
}

package accessunit

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
)

// The codecs, as ffmpeg calls them.
const (
	H264 = "h264"
	HEVC = "hevc"
)

// Info describes an access unit.
type Info struct {
	Picture    bool // it has an image, or a part of one
	Key        bool // the image needs no other: an IDR picture, of H.265 any IRAP picture
	Parameters bool // it has all kinds of parameter sets
}

// ErrFormat means that data is not an access unit.
var ErrFormat = errors.New("not H.264 or H.265 with start codes")

// kind is the type of a NAL unit, reduced to what a decoder needs to begin.
type kind int

const (
	other kind = iota
	slice
	keySlice
	videoParameters // of H.265 alone
	sequenceParameters
	pictureParameters
	kinds int = iota
)

// startCode begins each NAL unit. More zeros may stand before it.
var startCode = []byte{0, 0, 1}

// kindOf returns the kind of a NAL unit by its first byte: nal_unit_type, in table 7-1 of both
// Recommendations.
func kindOf(codec string, first byte) kind {
	if codec == H264 {
		switch first & 0x1f {
		case 1, 2, 3, 4:
			return slice
		case 5:
			return keySlice
		case 7:
			return sequenceParameters
		case 8:
			return pictureParameters
		}
		return other
	}
	switch number := first >> 1 & 0x3f; {
	case number >= 16 && number <= 23:
		return keySlice
	case number < 32:
		return slice
	case number == 32:
		return videoParameters
	case number == 33:
		return sequenceParameters
	case number == 34:
		return pictureParameters
	}
	return other
}

// units yields the NAL units, each with the start code before it, and without the zeros behind
// it: a NAL unit ends in another byte.
func units(data []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		begin := bytes.Index(data, startCode)
		for begin >= 0 && begin+len(startCode) < len(data) {
			end := len(data)
			if next := bytes.Index(data[begin+len(startCode):], startCode); next >= 0 {
				end = begin + len(startCode) + next
			}
			unit := bytes.TrimRight(data[begin:end], "\x00")
			if len(unit) > len(startCode) && !yield(unit) {
				return
			}
			begin = end
		}
	}
}

// Inspect describes an access unit of a codec. It reads all of it, at the speed of a search
// for zeros.
func Inspect(codec string, data []byte) (Info, error) {
	if codec != H264 && codec != HEVC {
		return Info{}, fmt.Errorf("codec %q: %w", codec, ErrFormat)
	}
	if zeros := len(data) - len(bytes.TrimLeft(data, "\x00")); zeros < 2 || zeros == len(data) || data[zeros] != 1 {
		return Info{}, fmt.Errorf("%d bytes that begin with % x: %w", len(data), data[:min(8, len(data))], ErrFormat)
	}
	var info Info
	var seen [kinds]bool
	for unit := range units(data) {
		seen[kindOf(codec, unit[len(startCode)])] = true
	}
	info.Key = seen[keySlice]
	info.Picture = seen[slice] || seen[keySlice]
	info.Parameters = seen[sequenceParameters] && seen[pictureParameters] && (codec == H264 || seen[videoParameters])
	return info, nil
}

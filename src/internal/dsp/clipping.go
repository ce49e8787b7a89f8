package dsp

import (
	"encoding/binary"
	"fmt"
	"math"

	"av_capture/src/internal/media"
)

// CountClipped counts the clipped samples of interleaved audio frames and adds them to
// counts, which has an element for each channel. A sample is clipped if it is the lowest
// or the highest number of its format; in F32LE, if its magnitude is 1.0 or more.
//
// Single samples count too, although one may be a peak that just fits. It allocates
// nothing, and panics unless data is whole audio frames.
func CountClipped(counts []uint64, data []byte, format media.SampleFormat) {
	size := format.Size()
	if size == 0 || len(counts) == 0 || len(data)%(size*len(counts)) != 0 {
		panic(fmt.Sprintf("dsp: %d bytes are not whole audio frames of %d channels of %q", len(data), len(counts), format))
	}
	channel := 0
	count := func(clipped bool) {
		if clipped {
			counts[channel]++
		}
		if channel++; channel == len(counts) {
			channel = 0
		}
	}
	switch format {
	case media.U8:
		for _, x := range data {
			count(x == 0 || x == math.MaxUint8)
		}
	case media.S16LE:
		for ; len(data) > 0; data = data[2:] {
			x := int16(binary.LittleEndian.Uint16(data))
			count(x == math.MinInt16 || x == math.MaxInt16)
		}
	case media.S24LE:
		for ; len(data) > 0; data = data[3:] {
			x := uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16
			count(x == 0x800000 || x == 0x7fffff)
		}
	case media.S32LE:
		for ; len(data) > 0; data = data[4:] {
			x := int32(binary.LittleEndian.Uint32(data))
			count(x == math.MinInt32 || x == math.MaxInt32)
		}
	case media.F32LE:
		for ; len(data) > 0; data = data[4:] {
			x := math.Float32frombits(binary.LittleEndian.Uint32(data))
			count(x >= 1 || x <= -1)
		}
	}
}

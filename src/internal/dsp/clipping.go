package dsp

import (
	"encoding/binary"
	"fmt"
	"math"

	"av_capture/src/internal/acquire"
)

// CountClipped adds to counts, by channel, how many samples of interleaved
// audio frames are clipped: lie at an end of what their format can hold, the
// lowest number or the highest one, or have a magnitude of 1.0 or more in F32LE.
//
// Every such sample counts, alone or in a row. One alone may be a peak that just
// fits: what clips at full scale for longer counts fast. It allocates nothing,
// and panics if data is not whole audio frames.
func CountClipped(counts []uint64, data []byte, format acquire.SampleFormat) {
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
	case acquire.U8:
		for _, x := range data {
			count(x == 0 || x == math.MaxUint8)
		}
	case acquire.S16LE:
		for ; len(data) > 0; data = data[2:] {
			x := int16(binary.LittleEndian.Uint16(data))
			count(x == math.MinInt16 || x == math.MaxInt16)
		}
	case acquire.S24LE:
		for ; len(data) > 0; data = data[3:] {
			x := uint32(data[0]) | uint32(data[1])<<8 | uint32(data[2])<<16
			count(x == 0x800000 || x == 0x7fffff)
		}
	case acquire.S32LE:
		for ; len(data) > 0; data = data[4:] {
			x := int32(binary.LittleEndian.Uint32(data))
			count(x == math.MinInt32 || x == math.MaxInt32)
		}
	case acquire.F32LE:
		for ; len(data) > 0; data = data[4:] {
			x := math.Float32frombits(binary.LittleEndian.Uint32(data))
			count(x >= 1 || x <= -1)
		}
	}
}

package dsp

import (
	"encoding/binary"
	"fmt"
	"math"

	"av_capture/src/internal/media"
)

// Full scale of the integer encodings: the number that 1.0 stands for.
const (
	fullScaleU8  = 1 << 7
	fullScaleS16 = 1 << 15
	fullScaleS24 = 1 << 23
	fullScaleS32 = 1 << 31
)

// Decode converts samples to numbers: signed integers are divided by their full scale
// (32768 for S16LE, 2^23 for S24LE, 2^31 for S32LE), U8 becomes (x − 128)/128, and F32LE
// stays. All results are exact. It panics unless src is len(dst) samples of a known
// format.
func Decode(dst []float64, src []byte, format media.SampleFormat) {
	mustFit(len(dst), len(src), format)
	switch format {
	case media.U8:
		for i := range dst {
			dst[i] = float64(int(src[i])-128) / fullScaleU8
		}
	case media.S16LE:
		for i := range dst {
			dst[i] = float64(int16(binary.LittleEndian.Uint16(src[2*i:]))) / fullScaleS16
		}
	case media.S24LE:
		for i := range dst {
			b := src[3*i : 3*i+3]
			dst[i] = float64(int32(b[0])|int32(b[1])<<8|int32(int8(b[2]))<<16) / fullScaleS24
		}
	case media.S32LE:
		for i := range dst {
			dst[i] = float64(int32(binary.LittleEndian.Uint32(src[4*i:]))) / fullScaleS32
		}
	case media.F32LE:
		for i := range dst {
			dst[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:])))
		}
	}
}

// Encode is the inverse of [Decode]: it multiplies by the full scale, rounds half to even,
// and limits integers to their range, so that 1.0 becomes the largest one. F32LE is not
// limited. It panics as Decode does.
func Encode(dst []byte, src []float64, format media.SampleFormat) {
	mustFit(len(src), len(dst), format)
	switch format {
	case media.U8:
		for i, x := range src {
			dst[i] = byte(quantize(x, fullScaleU8) + 128)
		}
	case media.S16LE:
		for i, x := range src {
			binary.LittleEndian.PutUint16(dst[2*i:], uint16(quantize(x, fullScaleS16)))
		}
	case media.S24LE:
		for i, x := range src {
			v := quantize(x, fullScaleS24)
			dst[3*i], dst[3*i+1], dst[3*i+2] = byte(v), byte(v>>8), byte(v>>16)
		}
	case media.S32LE:
		for i, x := range src {
			binary.LittleEndian.PutUint32(dst[4*i:], uint32(quantize(x, fullScaleS32)))
		}
	case media.F32LE:
		for i, x := range src {
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(float32(x)))
		}
	}
}

func quantize(x, fullScale float64) int64 {
	return int64(math.RoundToEven(max(-fullScale, min(fullScale-1, x*fullScale))))
}

func mustFit(samples, bytes int, format media.SampleFormat) {
	if size := format.Size(); size == 0 || bytes != samples*size {
		panic(fmt.Sprintf("dsp: %d bytes are not %d samples of %q", bytes, samples, format))
	}
}

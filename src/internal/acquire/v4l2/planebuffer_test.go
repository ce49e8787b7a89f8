package v4l2

import (
	"bytes"
	"errors"
	"testing"

	"av_capture/src/internal/media"
)

// numbered returns rows of step bytes, of which those that hold pixels count from first
// and the others are 255.
func numbered(first, rows, rowBytes, step int) []byte {
	data := bytes.Repeat([]byte{255}, rows*step)
	for y := range rows {
		for x := range rowBytes {
			data[y*step+x] = byte(first)
			first++
		}
	}
	return data
}

func TestPlanesAreJoinedWithoutPadding(t *testing.T) {
	const width, height = 6, 4
	for _, test := range []struct {
		code  string
		step  int
		split bool
	}{
		{"YU12", 6, false}, {"YU12", 8, false}, {"YU12", 14, false}, {"YV12", 12, false}, {"422P", 8, false},
		{"NM12", 6, true}, {"NM21", 8, true}, {"YM12", 10, true}, {"YM21", 6, true},
	} {
		f := &pixelFormats[rank(fourCC(test.code))]
		if f.split != test.split {
			t.Fatalf("%s: split is %v", test.code, f.split)
		}
		planes := f.planes(width, height, test.step)
		var filled dequeued
		var want []byte
		var steps []int
		for i, p := range planes {
			step := p.step
			if test.split {
				step += 2 * i // each part of memory has a step of its own
			}
			data := numbered(len(want), p.rows, p.rowBytes, step)
			want = append(want, numbered(len(want), p.rows, p.rowBytes, p.rowBytes)...)
			if test.split {
				filled.parts[i], steps = data, append(steps, step)
			} else {
				filled.parts[0] = append(filled.parts[0], data...)
			}
		}
		if !test.split {
			steps = []int{test.step}
		}
		var a planeBuffer
		got, err := a.join(planes, &filled, steps, test.split)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s, step %d: got %v, %v, want %v", test.code, test.step, got, err, want)
		}
		last := 0
		if test.split {
			last = len(planes) - 1
		}
		filled.parts[last] = filled.parts[last][:len(filled.parts[last])/2]
		if _, err := a.join(planes, &filled, steps, test.split); !errors.Is(err, media.ErrDamaged) {
			t.Errorf("%s, step %d, half of it: got %v, want %v", test.code, test.step, err, media.ErrDamaged)
		}
		a.free()
	}
}

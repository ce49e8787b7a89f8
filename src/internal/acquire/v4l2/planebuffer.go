package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// planeBuffer is memory for one image, whose planes follow each other without padding, as
// converters want them. It lies outside Go's heap, so that C may keep its address. The zero
// planeBuffer is empty.
type planeBuffer struct{ memory []byte }

// checkPlanes returns an error if a filled buffer lacks bytes of its planes. The arguments are
// those of join.
func checkPlanes(planes []plane, filled *dequeued, steps []int, split bool) error {
	from, at := filled.parts[0], 0
	for i, p := range planes {
		if split {
			from, p.step, at = filled.parts[i], steps[i], 0
		}
		if len(from) < at+p.size() {
			return cut(len(from), at+p.size())
		}
		at += p.rows * p.step
	}
	return nil
}

// join copies the planes of a filled buffer: each from a part of its own (split), or all
// from one part, in which they follow each other. steps are those of the parts.
func (a *planeBuffer) join(planes []plane, filled *dequeued, steps []int, split bool) ([]byte, error) {
	if err := checkPlanes(planes, filled, steps, split); err != nil {
		return nil, err
	}
	total := 0
	for _, p := range planes {
		total += p.rowBytes * p.rows
	}
	if len(a.memory) < total {
		a.free()
		memory, err := unix.Mmap(-1, 0, total, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		if err != nil {
			return nil, fmt.Errorf("no memory for an image of %d bytes: %w", total, err)
		}
		a.memory = memory
	}
	to, from := a.memory[:total:total], filled.parts[0]
	at := 0
	for i, p := range planes {
		if split {
			from, p.step, at = filled.parts[i], steps[i], 0
		}
		for row := range p.rows {
			n := copy(to, from[at+row*p.step:][:p.rowBytes])
			to = to[n:]
		}
		at += p.rows * p.step
	}
	return a.memory[:total:total], nil
}

// free gives the memory back.
func (a *planeBuffer) free() {
	if a.memory != nil {
		_ = unix.Munmap(a.memory) // it is a mapping of our own
		a.memory = nil
	}
}

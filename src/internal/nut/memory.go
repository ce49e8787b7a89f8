package nut

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Memory is room for one image outside of Go's heap, so that C may keep its address. The
// zero Memory has none.
type Memory struct{ bytes []byte }

// large bounds the memory that is kept for much smaller images [bytes].
const large = 32 << 20

// Room returns so many bytes: the same ones as long as they suffice, and a smaller mapping
// for much smaller images.
func (m *Memory) Room(size int) ([]byte, error) {
	if size <= len(m.bytes) && (len(m.bytes) <= large || size >= len(m.bytes)/8) {
		return m.bytes[:size:size], nil
	}
	m.Free()
	// Compressed images vary in size.
	capacity := size + size/4
	bytes, err := unix.Mmap(-1, 0, capacity, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("no memory for an image of %d bytes: %w", size, err)
	}
	m.bytes = bytes
	return m.bytes[:size:size], nil
}

// Free gives the memory back.
func (m *Memory) Free() {
	if m.bytes != nil {
		_ = unix.Munmap(m.bytes) // it is a mapping of our own
		m.bytes = nil
	}
}

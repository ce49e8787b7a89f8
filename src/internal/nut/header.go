package nut

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Flags of an image's header.
const (
	flagKey      = 1 << 0
	flagPts      = 1 << 3
	flagStream   = 1 << 4
	flagSize     = 1 << 5
	flagChecksum = 1 << 6
	flagReserved = 1 << 7
	flagSide     = 1 << 8
	flagHeader   = 1 << 10
	flagMatch    = 1 << 11
	flagCoded    = 1 << 12
	flagInvalid  = 1 << 13
)

// frameCode is the meaning of an image's first byte.
type frameCode struct {
	flags    uint64
	stream   uint64
	mul, lsb uint64 // of the size
	delta    int64  // [ticks] since the last image
	reserved uint64
	header   uint64 // index of an elision
}

// mainHeader is the header of the whole stream.
type mainHeader struct {
	bases    []base
	codes    [256]frameCode
	elisions [][]byte // starts of images, which the stream leaves out
}

func parseMain(f *fields) (*mainHeader, error) {
	m := &mainHeader{elisions: [][]byte{nil}}
	version := f.v()
	if version > 3 {
		f.v() // minor version
	}
	streams := f.v()
	f.v() // longest distance between two syncpoints
	bases := f.v()
	switch {
	case f.short:
	case version < 2 || version > 4:
		return nil, fmt.Errorf("version %d: %w", version, ErrFormat)
	case streams != 1:
		return nil, fmt.Errorf("%d streams: %w", streams, ErrFormat)
	case bases < 1 || bases > maxBases:
		return nil, fmt.Errorf("%d clocks: %w", bases, ErrFormat)
	}
	for range bases {
		b := base{f.v(), f.v()}
		if b.num < 1 || b.den < 1 || b.num >= 1<<31 || b.den >= 1<<31 {
			f.short = true
			break
		}
		m.bases = append(m.bases, b)
	}
	m.parseCodes(f)
	if len(f.rest) > 0 {
		for range min(f.v(), 127) {
			m.elisions = append(m.elisions, f.bytes())
		}
	}
	if f.short {
		return nil, fmt.Errorf("a damaged main header: %w", ErrFormat)
	}
	return m, nil
}

// parseCodes reads the table of frame codes, in which neighbours share an entry. An absent
// field keeps its value, or has a default.
func (m *mainHeader) parseCodes(f *fields) {
	var c frameCode
	c.mul = 1
	for i := 0; i < 256 && !f.short; {
		c.flags = f.v()
		count := f.v()
		if count > 0 {
			c.delta = f.s()
		}
		if count > 1 {
			c.mul = f.v()
		}
		if count > 2 {
			c.stream = f.v()
		}
		c.lsb, c.reserved = 0, 0
		if count > 3 {
			c.lsb = f.v()
		}
		if count > 4 {
			c.reserved = f.v()
		}
		codes := c.mul - c.lsb
		if count > 5 {
			codes = f.v()
		}
		if count > 6 {
			f.s() // match_time_delta
		}
		if count > 7 {
			c.header = f.v()
		}
		for j := uint64(8); j < count && !f.short; j++ {
			f.v()
		}
		if codes == 0 || codes > 256 || c.mul > maxSize || c.lsb > maxSize {
			f.short = true
			return
		}
		for j := uint64(0); j < codes && i < 256; i++ {
			if i == 'N' { // the first byte of startcodes
				m.codes[i].flags = flagInvalid
				continue
			}
			m.codes[i] = c
			m.codes[i].lsb += j
			j++
		}
	}
}

// Classes of streams.
const (
	classVideo = 0
	classSound = 1
)

// streamHeader is the header of the stream.
type streamHeader struct {
	id            uint64
	fourCC        string
	base          int  // of its clock
	shift         uint // bits of a short time
	width, height int  // [pixels]
	sampleRate    int  // [Hz]
	channels      int
}

func parseStream(f *fields, bases int) (*streamHeader, error) {
	s := &streamHeader{id: f.v()}
	class := f.v()
	s.fourCC = string(f.bytes())
	clock, shift := f.v(), f.v()
	f.v()     // longest distance between two times
	f.v()     // decode_delay
	f.v()     // flags
	f.bytes() // of the codec
	if f.short || clock >= uint64(bases) || shift > 32 {
		return nil, fmt.Errorf("a damaged stream header: %w", ErrFormat)
	}
	s.base, s.shift = int(clock), uint(shift)
	switch class {
	case classVideo:
		width, height := f.v(), f.v()
		if f.short || width < 1 || width > 1<<16 || height < 1 || height > 1<<16 {
			return nil, fmt.Errorf("images of %dx%d: %w", width, height, ErrFormat)
		}
		s.width, s.height = int(width), int(height)
	case classSound:
		num, den, channels := f.v(), f.v(), f.v()
		if f.short || den < 1 || num < den || num/den > 1<<24 || num%den != 0 || channels < 1 || channels > 1<<10 {
			return nil, fmt.Errorf("%d channels of %d/%d Hz: %w", channels, num, den, ErrFormat)
		}
		s.sampleRate, s.channels = int(num/den), int(channels)
	default:
		return nil, fmt.Errorf("a stream that is neither video nor sound: %w", ErrFormat)
	}
	return s, nil
}

// full decodes a time [ticks], given that of the last image: the lower bits of a near time, or
// else a whole time plus 1<<shift.
func (s *streamHeader) full(coded, last int64) int64 {
	bits := int64(1) << s.shift
	if coded >= bits {
		return coded - bits
	}
	delta := last - (bits-1)/2
	return (coded-delta)&(bits-1) + delta
}

// parseRate returns the frame rate in an info packet [images/s], and false if there is none.
func parseRate(f *fields) (float64, bool) {
	f.v() // which stream
	f.s() // chapter
	f.v() // its start
	f.v() // its length
	count := f.v()
	for ; count > 0 && !f.short; count-- {
		name := string(f.bytes())
		var value string
		switch kind := f.s(); {
		case kind == -1:
			value = string(f.bytes())
		case kind == -2:
			f.bytes()
			value = string(f.bytes())
		case kind == -4:
			f.v()
		case kind < -2:
			f.s()
		}
		if num, den, ok := strings.Cut(value, "/"); name == "r_frame_rate" && ok && !f.short {
			n, err1 := strconv.ParseFloat(num, 64)
			d, err2 := strconv.ParseFloat(den, 64)
			if rate := n / d; err1 == nil && err2 == nil && rate > 0 && rate < 1e6 {
				return rate, true
			}
		}
	}
	return 0, false
}

// fields parses the fields of a packet. A missing or invalid field sets short; all further
// ones are then 0.
type fields struct {
	rest  []byte
	short bool
}

// ReadByte makes fields an [io.ByteReader].
func (f *fields) ReadByte() (byte, error) {
	if f.short || len(f.rest) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	b := f.rest[0]
	f.rest = f.rest[1:]
	return b, nil
}

// v returns an unsigned number.
func (f *fields) v() uint64 {
	v, err := readV(f)
	if err != nil {
		f.short = true
		return 0
	}
	return v
}

// s returns a signed number.
func (f *fields) s() int64 {
	v := f.v() + 1
	if v&1 != 0 {
		return -int64(v >> 1)
	}
	return int64(v >> 1)
}

// bytes returns a string, whose length precedes it. It shares the packet's memory.
func (f *fields) bytes() []byte {
	size := f.v()
	if f.short || size > uint64(len(f.rest)) {
		f.short = true
		return nil
	}
	b := f.rest[:size:size]
	f.rest = f.rest[size:]
	return b
}

// readV reads an unsigned number: 7 bits a byte, the highest first, each but the
// last with its highest bit set.
func readV(in io.ByteReader) (uint64, error) {
	v, _, err := readCounted(in)
	return v, err
}

// readCounted is readV, and returns the number of bytes too.
func readCounted(in io.ByteReader) (v uint64, n int, err error) {
	for n < 10 {
		b, err := in.ReadByte()
		if err != nil {
			return 0, n, unexpected(err)
		}
		n++
		v = v<<7 | uint64(b&0x7f)
		if b&0x80 == 0 {
			return v, n, nil
		}
	}
	return 0, n, fmt.Errorf("a number that is too long: %w", ErrFormat)
}

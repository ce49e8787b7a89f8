package jpeg

/*
#include "decompress.h"
*/
import "C"

import "encoding/binary"

// reader reads Huffman codes of a scan, and the markers between them.
type reader struct {
	data   []byte
	at     int    // offset of the next byte
	buffer uint64 // the next bits, from the highest on
	bits   uint   // of them
	zeros  uint   // how many of the last ones are none of the data: there is a marker
}

// block has the tables of a block's codes.
type block struct{ dc, ac *codes }

// read moves past the codes of some MCUs, of these blocks. It returns false where a code
// does not exist, where a block has too many coefficients, and where data is missing.
func (r *reader) read(blocks []block, units int) bool {
	for range units {
		for i := range blocks {
			if !r.block(blocks[i].dc, blocks[i].ac) {
				return false
			}
		}
	}
	return r.zeros <= r.bits
}

// block moves past the codes of one block. It is a function of its own, with few variables,
// which thereby stay in registers.
func (r *reader) block(table, ac *codes) bool {
	buffer, bits, coefficients := r.buffer, r.bits, uint(0)
	for {
		// A code and its value are at most 31 bits.
		if bits < 32 {
			if next, ok := eight(r.data, r.at); ok {
				// More bits than those that are counted are set, and will be
				// again, to the same.
				buffer |= next >> (bits & 63)
				r.at += int((63 - bits) >> 3)
				bits |= 56
			} else if buffer, bits = r.fill(buffer, bits); r.zeros > bits {
				return false
			}
		}
		entry := uint(table.lookup[buffer>>(64-lookupBits)])
		coefficients += entry >> 8
		if coefficients > lastInZZ {
			if coefficients == lastInZZ+1 || coefficients-endOfBlock <= lastInZZ {
				r.buffer, r.bits = buffer<<(entry&63), bits-(entry&63)
				return true
			}
			// There is no entry, or the block ends before the last of its codes.
			coefficients -= entry >> 8
			length, value, count := table.first(uint(buffer >> (64 - longest)))
			if coefficients += count; length == 0 || coefficients > lastInZZ+1 {
				return false
			}
			entry = length + value
			if count == 0 || coefficients > lastInZZ {
				r.buffer, r.bits = buffer<<(entry&63), bits-entry
				return true
			}
		}
		buffer <<= entry & 63
		bits -= entry & 63
		table = ac
	}
}

// eight returns the next eight bytes, if none of them is 0xff.
func eight(data []byte, at int) (uint64, bool) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	if at > len(data)-8 {
		return 0, false
	}
	next := binary.BigEndian.Uint64(data[at:])
	return next, (^next-ones)&next&tops == 0
}

// fill adds bytes to the buffer until it is full: zeros where a marker follows.
func (r *reader) fill(buffer uint64, bits uint) (uint64, uint) {
	for bits <= 56 {
		next := uint64(r.data[r.at])
		switch {
		case next != prefix:
			r.at++
		case r.data[r.at+1] == 0:
			r.at += 2
		default:
			next = 0
			r.zeros += 8
		}
		buffer |= next << (56 - bits)
		bits += 8
	}
	return buffer, bits
}

// marker moves past the next marker. It returns false if there are more bytes before it
// than cameras send.
func (r *reader) marker() (byte, bool) {
	skipped := (r.bits - r.zeros) / 8
	for r.data[r.at] != prefix || r.data[r.at+1] == 0 || r.data[r.at+1] == prefix {
		r.at++
		skipped++
	}
	marker := r.data[r.at+1]
	r.at += 2
	r.buffer, r.bits, r.zeros = 0, 0, 0
	return marker, skipped <= C.decompress_left_over
}

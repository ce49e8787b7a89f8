package jpeg

import "bytes"

const (
	lookupBits = 12  // of the data, by which a code is looked up
	longest    = 16  // [bits] of a code
	lastInZZ   = 63  // index of a block's last coefficient
	endOfBlock = 128 // with the coefficients of an entry: an end of block follows them
	unknown    = 255 // in place of them: no code, or one that is longer than lookupBits
)

// codes is a Huffman table, by which codes are skipped, each with the bits behind it that
// are a coefficient's value. A code of AC also stands for the zeros before its coefficient.
type codes struct {
	segment []byte // its definition
	valid   bool
	dc      bool

	// lookup has, for each beginning of the data, the bits of as many codes as are whole
	// in it, and of their values (low byte), and the number of their coefficients
	// (high byte). The value of the first one may lie outside.
	lookup [1 << lookupBits]uint16

	// For each length: the first sequence of 16 bits behind the codes of that length or
	// less (T.81, figure F.15, with all codes filled up to 16 bits), and what is added to
	// a code to give the index of its symbol.
	limit   [longest + 1]uint
	offset  [longest + 1]int
	symbols []byte
}

// set makes the table from its definition, unless it is that already, and returns whether
// libjpeg takes it.
func (c *codes) set(segment []byte, dc bool) bool {
	if c.segment != nil && bytes.Equal(c.segment, segment) {
		return c.valid
	}
	c.segment = append(c.segment[:0], segment...)
	c.symbols = c.segment[longest:]
	c.dc = dc
	if c.valid = c.number(); c.valid {
		c.fill()
	}
	return c.valid
}

// number gives each length its codes (T.81, figures C.1 and C.2).
func (c *codes) number() bool {
	code, index := uint(0), uint(0)
	for length := uint(1); length <= longest; length++ {
		count := uint(c.segment[length-1])
		c.offset[length] = int(index) - int(code)
		code += count
		index += count
		if count > 0 && code >= 1<<length { // no code consists of ones alone
			return false
		}
		c.limit[length] = code << (longest - length)
		code <<= 1
	}
	for _, symbol := range c.symbols {
		if c.dc && symbol > 15 {
			return false
		}
	}
	return true
}

// first returns the length of the first code in 16 bits, 0 if there is none, the bits of
// its value, and the number of coefficients, 0 for the end of a block.
func (c *codes) first(data uint) (length, value, coefficients uint) {
	for length = 1; data >= c.limit[length]; length++ {
		if length == longest {
			return 0, 0, 0
		}
	}
	symbol := uint(c.symbols[c.offset[length]+int(data>>(longest-length))])
	if c.dc {
		return length, symbol, 1
	}
	zeros := symbol >> 4
	value = symbol & 15
	if value == 0 && zeros != 15 {
		return length, 0, 0
	}
	return length, value, zeros + 1
}

// fill makes lookup.
func (c *codes) fill() {
	for i := range c.lookup {
		bits, coefficients := uint(0), uint(0)
		for {
			data := uint(i) << bits << (longest - lookupBits) & (1<<longest - 1)
			length, value, count := c.first(data)
			if length == 0 || bits+length > lookupBits || coefficients+count > lastInZZ ||
				bits > 0 && (bits+length+value > lookupBits) {
				break
			}
			bits += length + value
			if count == 0 {
				coefficients |= endOfBlock
				break
			}
			coefficients += count
			if c.dc || bits > lookupBits {
				break
			}
		}
		if bits == 0 {
			coefficients = unknown
		}
		c.lookup[i] = uint16(coefficients<<8 | bits)
	}
}

package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

const (
	// MaxPixels is the usual limit for Check. The largest cameras for robots have 64
	// million pixels. It bounds the memory that a forged header can take to some
	// hundred megabytes.
	MaxPixels = 1 << 26

	// maxScans bounds the work for a progressive file. Encoders write about ten scans.
	maxScans = 100

	// maxStray bounds stray bytes between two marker segments. libjpeg skips any
	// number; some cameras send a few.
	maxStray = 1024

	// maxComponents bounds the components of a frame: one for grey, three for colour.
	maxComponents = 3

	// maxBlocks bounds the blocks of an MCU (B.2.3).
	maxBlocks = 10
)

// Markers (ITU-T T.81, table B.1), without the 0xff before them.
const (
	prefix = 0xff // before a marker, once or more

	markerTEM   = 0x01 // without parameters; for private use
	markerSOF0  = 0xc0 // baseline
	markerSOF1  = 0xc1 // extended sequential
	markerSOF2  = 0xc2 // progressive
	markerDHT   = 0xc4 // Huffman tables
	markerSOF9  = 0xc9 // extended sequential, arithmetic coding
	markerSOF10 = 0xca // progressive, arithmetic coding
	markerDAC   = 0xcc // conditioning of arithmetic coding
	markerSOF15 = 0xcf
	markerRST0  = 0xd0 // restart, the first of eight
	markerRST7  = 0xd7
	markerSOI   = 0xd8 // start of image
	markerEOI   = 0xd9 // end of image
	markerSOS   = 0xda // start of scan
	markerDQT   = 0xdb // quantization tables
	markerDNL   = 0xdc // number of lines
	markerDRI   = 0xdd // restart interval
	markerAPP0  = 0xe0 // application data, the first of sixteen
	markerAPP15 = 0xef
	markerCOM   = 0xfe // comment
)

// File is a JPEG file whose structure is complete.
type File struct {
	Data          []byte // from the start marker to the end marker; a part of the checked slice
	Width, Height int    // [pixels]
	Components    int    // 1 for grey, 3 for colour
	TablesMissing bool   // without Huffman tables, which means the standard ones

	scan int // offset of the first scan's header in Data
	only sequentialScan
}

// sequentialScan describes the only scan of a file with sequential Huffman codes.
type sequentialScan struct {
	units    int                              // MCUs; 0 in files of other kinds
	interval int                              // [MCU] between restart markers; 0 without them
	data     int                              // offset of the coded data
	count    int                              // of blocks in an MCU
	blocks   [maxBlocks]struct{ dc, ac byte } // destinations of their Huffman tables
	huffman  huffmanSegments
}

// huffmanSegments are the definitions of Huffman tables, DC and AC, by destination: how many
// codes of each length there are, and their values.
type huffmanSegments [2][4][]byte

// Check finds the JPEG file in a camera's buffer and checks its structure. limit is the
// largest number of pixels of an image.
//
// It allocates nothing unless it fails, reads each byte at most once, and costs little more
// than finding the bytes 0xff. The error wraps ErrDamaged, ErrTooLarge or ErrUnsupported.
func Check(data []byte, limit int) (File, error) {
	if len(data) == 0 {
		return File{}, errEmpty
	}
	start := 0
	for start < len(data) && (data[start] == 0 || data[start] == prefix && start+1 < len(data) && data[start+1] == prefix) {
		start++
	}
	if len(data)-start < 2 || data[start] != prefix || data[start+1] != markerSOI {
		return File{}, errNoJPEG
	}
	w := walk{data: data, at: start + 2, start: start, limit: limit}
	if err := w.file(); err != nil {
		return File{}, err
	}
	return File{
		Data:          data[w.start:w.at:w.at],
		Width:         w.width,
		Height:        w.height,
		Components:    w.components,
		TablesMissing: w.needsTables,
		scan:          w.scan - w.start,
		only:          w.only(),
	}, nil
}

// component is one colour component of a frame.
type component struct {
	id                   byte
	horizontal, vertical int // sampling factors, 1 to 4
	quantizer            byte
	coded                bool // its first coefficients were in a scan
}

// walk is the state of a walk through one file.
type walk struct {
	data  []byte
	at    int // offset of the next byte
	start int // offset of the file
	limit int // [pixels]

	// From the frame header.
	width, height int // [pixels]; 0 before the header
	components    int
	component     [maxComponents]component
	horizontal    int // the largest of the sampling factors
	vertical      int
	progressive   bool
	arithmetic    bool

	interval    int   // [MCU] between restart markers; 0 without them
	quantizers  uint8 // a bit for each defined table
	huffmanDC   uint8
	huffmanAC   uint8
	huffman     huffmanSegments
	scans       int
	scan        int            // offset of the first one's marker
	sequential  sequentialScan // the first one, if it has all components
	needsTables bool
}

// only returns the only scan, of offsets in the file.
func (w *walk) only() sequentialScan {
	if w.scans != 1 || w.progressive || w.arithmetic {
		return sequentialScan{}
	}
	w.sequential.data -= w.start
	return w.sequential
}

// file walks from the start marker through the end marker.
func (w *walk) file() error {
	for {
		marker, err := w.marker()
		if err != nil {
			return err
		}
		switch {
		case marker == markerEOI:
			return w.complete()
		case marker == markerSOI:
			if w.scans > 0 {
				return errNested
			}
			// A second start marker: the header before it has no image.
			*w = walk{data: w.data, at: w.at, start: w.at - 2, limit: w.limit}
			continue
		case marker == markerTEM, marker >= markerRST0 && marker <= markerRST7:
			continue
		case marker < markerSOF0, marker > markerDRI && marker < markerAPP0, marker > markerAPP15 && marker < markerCOM:
			return damaged("corrupt header: unknown marker 0x%02x", marker)
		}
		at := w.at - 2
		segment, err := w.segment()
		if err != nil {
			return err
		}
		switch {
		case marker == markerSOS:
			err = w.scanData(segment, at)
		case marker == markerDHT:
			err = w.huffmanTables(segment)
		case marker == markerDQT:
			err = w.quantizationTables(segment)
		case marker == markerDRI:
			if len(segment) != 2 {
				return errSegment
			}
			w.interval = int(binary.BigEndian.Uint16(segment))
		case marker >= markerSOF0 && marker <= markerSOF15 && marker != markerDAC:
			err = w.frame(marker, segment)
		}
		if err != nil {
			return err
		}
	}
}

// marker moves past the next marker and returns it.
func (w *walk) marker() (byte, error) {
	rest := w.data[w.at:]
	for i, b := range rest {
		switch {
		case b == prefix:
		case i > 0 && rest[i-1] == prefix && b != 0:
			w.at += i + 1
			return b, nil
		case i >= maxStray:
			return 0, errStray
		}
	}
	return 0, errCutOff
}

// segment moves past a marker's segment and returns its content, without the length.
func (w *walk) segment() ([]byte, error) {
	rest := w.data[w.at:]
	if len(rest) < 2 {
		return nil, errCutOff
	}
	length := int(binary.BigEndian.Uint16(rest))
	switch {
	case length < 2:
		return nil, errSegment
	case length > len(rest):
		return nil, errCutOff
	}
	w.at += length
	return rest[2:length], nil
}

// frame reads a frame header (B.2.2).
func (w *walk) frame(marker byte, segment []byte) error {
	const head, each = 6, 3 // [bytes] of the header and of each component
	if w.width > 0 || len(segment) < head {
		return errSegment
	}
	switch marker {
	case markerSOF0, markerSOF1:
	case markerSOF2:
		w.progressive = true
	case markerSOF9:
		w.arithmetic = true
	case markerSOF10:
		w.progressive, w.arithmetic = true, true
	default:
		return fmt.Errorf("jpeg: %w: lossless or hierarchical (0x%02x)", ErrUnsupported, marker)
	}
	precision := segment[0]
	height, width := int(binary.BigEndian.Uint16(segment[1:])), int(binary.BigEndian.Uint16(segment[3:]))
	w.components = int(segment[5])
	switch {
	case len(segment) != head+each*w.components, width == 0, w.components == 0:
		return errSegment
	case precision != 8:
		return fmt.Errorf("jpeg: %w: %d bits a sample, where 8 are decoded", ErrUnsupported, precision)
	case height == 0:
		return errHeight
	case w.components != 1 && w.components != 3:
		return fmt.Errorf("jpeg: %w: %d colour components, where 1 (grey) and 3 (colour) are decoded; 4 are CMYK", ErrUnsupported, w.components)
	case width*height > w.limit:
		return fmt.Errorf("jpeg: %w: %dx%d is larger than the limit of %d pixels", ErrTooLarge, width, height, w.limit)
	}
	w.width, w.height = width, height
	for i := range w.components {
		entry := segment[head+each*i:]
		c := component{id: entry[0], horizontal: int(entry[1] >> 4), vertical: int(entry[1] & 15), quantizer: entry[2]}
		if c.horizontal < 1 || c.horizontal > 4 || c.vertical < 1 || c.vertical > 4 || c.quantizer > 3 {
			return errSegment
		}
		w.component[i] = c
		w.horizontal, w.vertical = max(w.horizontal, c.horizontal), max(w.vertical, c.vertical)
	}
	return nil
}

// huffmanTables notes the tables that a segment defines (B.2.4.2).
func (w *walk) huffmanTables(segment []byte) error {
	const head = 17 // [bytes] class and destination, number of codes of each length
	for len(segment) > 0 {
		if len(segment) < head {
			return errSegment
		}
		codes := 0
		for _, n := range segment[1:head] {
			codes += int(n)
		}
		class, destination := segment[0]>>4, segment[0]&15
		if class > 1 || destination > 3 || codes > 256 || codes > len(segment)-head {
			return errSegment
		}
		if class == 0 {
			w.huffmanDC |= 1 << destination
		} else {
			w.huffmanAC |= 1 << destination
		}
		w.huffman[class][destination] = segment[1 : head+codes]
		segment = segment[head+codes:]
	}
	return nil
}

// quantizationTables notes the tables that a segment defines (B.2.4.1).
func (w *walk) quantizationTables(segment []byte) error {
	for len(segment) > 0 {
		precision, destination := segment[0]>>4, segment[0]&15
		length := 1 + 64*(1+int(precision))
		if precision > 1 || destination > 3 || length > len(segment) {
			return errSegment
		}
		w.quantizers |= 1 << destination
		segment = segment[length:]
	}
	return nil
}

// scanData reads a scan header (B.2.3) and moves past the scan's data. at is the offset of
// its marker.
func (w *walk) scanData(segment []byte, at int) error {
	if w.width == 0 || len(segment) < 1 {
		return errSegment
	}
	n := int(segment[0])
	if n < 1 || n > w.components || len(segment) != 4+2*n {
		return errSegment
	}
	if w.scans++; w.scans > maxScans {
		return errScans
	}
	if w.scans == 1 {
		w.scan = at
	}
	first, last, approximation := segment[1+2*n], segment[2+2*n], segment[3+2*n]
	if w.progressive && (first > last || last > 63 || first > 0 && n > 1) {
		return errScan
	}
	refined := approximation>>4 > 0 // its higher bits were in another scan
	startsBlocks := !w.progressive || first == 0 && !refined

	// The number of MCUs in the scan (A.2.2, A.2.3), and of blocks in each.
	across, down, blocks := divideUp(w.width, 8*w.horizontal), divideUp(w.height, 8*w.vertical), 0
	var tables [maxBlocks]struct{ dc, ac byte }
	for i := range n {
		c := w.find(segment[1+2*i])
		if c == nil || startsBlocks && c.coded {
			return errScan
		}
		c.coded = c.coded || startsBlocks
		if w.quantizers&(1<<c.quantizer) == 0 {
			return errQuantizer
		}
		dc, ac := segment[2+2*i]>>4, segment[2+2*i]&15
		if dc > 3 || ac > 3 {
			return errSegment
		}
		needsDC, needsAC := startsBlocks, !w.progressive || first > 0
		if !w.arithmetic && (needsDC && w.huffmanDC&(1<<dc) == 0 || needsAC && w.huffmanAC&(1<<ac) == 0) {
			// No tables at all stand for the two standard ones (Motion JPEG in AVI,
			// "AVI1").
			if w.progressive || w.huffmanDC != 0 || w.huffmanAC != 0 || dc > 1 || ac > 1 {
				return errHuffman
			}
			w.needsTables = true
		}
		for range c.horizontal * c.vertical {
			if blocks < maxBlocks {
				tables[blocks].dc, tables[blocks].ac = dc, ac
			}
			blocks++
		}
		if n == 1 {
			across = divideUp(divideUp(w.width*c.horizontal, w.horizontal), 8)
			down = divideUp(divideUp(w.height*c.vertical, w.vertical), 8)
			blocks = 1
		}
	}
	if n > 1 && blocks > maxBlocks {
		return errScan
	}
	begin := w.at
	if n == w.components {
		w.sequential = sequentialScan{across * down, w.interval, begin, blocks, tables, w.huffman}
		if w.needsTables {
			w.sequential.huffman = standardHuffman
		}
	}
	if err := w.entropy(across * down); err != nil {
		return err
	}
	// A block of a sequential Huffman scan has at least two codes of one bit.
	if coded := w.at - begin; !w.progressive && !w.arithmetic && 8*coded < 2*across*down*blocks {
		return errShort
	}
	return nil
}

// find returns the component with an id, or nil.
func (w *walk) find(id byte) *component {
	for i := range w.components {
		if w.component[i].id == id {
			return &w.component[i]
		}
	}
	return nil
}

// entropy moves past the entropy-coded data of a scan, to the marker that ends it. units is
// the number of MCUs. The data contains only restart markers, one after each interval,
// numbered from 0 to 7 in turn (B.2.1, F.1.2.3).
func (w *walk) entropy(units int) error {
	restarts := 0
	for {
		i := bytes.IndexByte(w.data[w.at:], prefix)
		if i < 0 {
			return errCutOff
		}
		w.at += i
		next := w.at + 1
		for next < len(w.data) && w.data[next] == prefix {
			next++
		}
		if next == len(w.data) {
			return errCutOff
		}
		switch marker := w.data[next]; {
		case marker == 0: // a byte 0xff of the data
		case marker >= markerRST0 && marker <= markerRST7:
			if w.interval == 0 || int(marker-markerRST0) != restarts%8 {
				return errRestart
			}
			restarts++
		default:
			if w.interval > 0 {
				// Some encoders also write a marker after the last interval.
				if missing := divideUp(units, w.interval) - 1 - restarts; missing > 0 || missing < -1 {
					return errRestart
				}
			}
			return nil
		}
		w.at = next + 1
	}
}

// complete returns an error if a part of the image is missing before the end marker.
func (w *walk) complete() error {
	if w.width == 0 || w.scans == 0 {
		return damaged("cut off: there is no image between the start and the end marker")
	}
	for _, c := range w.component[:w.components] {
		if !c.coded {
			return errComponent
		}
	}
	return nil
}

// divideUp divides and rounds up.
func divideUp(n, by int) int { return (n + by - 1) / by }

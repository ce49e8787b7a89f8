package nut

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/bits"
	"time"
)

// Stream describes the video or the sound.
type Stream struct {
	Width, Height int     // [pixels]; 0 of sound
	FourCC        string  // of the codec, or for raw video of the pixel format
	FrameRate     float64 // [images/s]; 0 if unknown
	SampleRate    int     // [Hz]; 0 of video
	Channels      int     // 0 of video
}

// Packet is an image, or a piece of sound, in the stream.
type Packet struct {
	Size int           // [bytes] of its data, which Read returns
	Time time.Duration // of its presentation, on the stream's clock
}

// Limits beyond which a stream counts as damaged.
const (
	maxHeader = 1 << 20 // [bytes] of a packet other than an image
	maxSize   = 1 << 28 // [bytes] of an image, as for all sources
	maxBases  = 64      // clocks
)

// Startcodes of the packets other than images.
const (
	mainStart      = 0x4E4D7A561F5F04AD
	streamStart    = 0x4E5311405BF2F9DB
	syncpointStart = 0x4E4BE4ADEECA4569
	indexStart     = 0x4E58DD672F23E64E
	infoStart      = 0x4E49AB68B596BA78
)

const magic = "nut/multimedia container\x00"

// ErrFormat means that the input is not a NUT of one stream of video or sound.
var ErrFormat = errors.New("not the NUT stream that was expected")

// Reader reads a stream. One goroutine uses it.
//
// It reads at most a few bytes ahead, so that an image's data go directly from the pipe into
// the caller's memory.
type Reader struct {
	in     *bufio.Reader
	main   *mainHeader
	stream Stream
	header *streamHeader

	last    int64 // [ticks] time of the last image
	elision []byte
	left    int // [bytes] of the image that have not been read
}

// NewReader returns a reader of a stream from its start.
func NewReader(from io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(from, 64)}
}

// Open reads the headers. It blocks until ffmpeg has written the start of the first image. It
// returns the underlying reader's errors, but [io.EOF] within the headers as
// [io.ErrUnexpectedEOF].
func (r *Reader) Open() (Stream, error) {
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(r.in, head); err != nil {
		return Stream{}, err // io.EOF of an empty input
	}
	if string(head) != magic {
		return Stream{}, fmt.Errorf("it begins with %q: %w", head, ErrFormat)
	}
	for {
		code, image, err := r.startcode()
		if err != nil {
			return Stream{}, unexpected(err)
		}
		if image {
			return Stream{}, fmt.Errorf("an image before the first syncpoint: %w", ErrFormat)
		}
		if err := r.packet(code); err != nil {
			return Stream{}, unexpected(err)
		}
		if code == syncpointStart {
			return r.stream, nil
		}
	}
}

// Next goes to the next image, and skips the rest of the last one. At the end of the stream it
// returns [io.EOF], and [io.ErrUnexpectedEOF] if the stream is cut off.
func (r *Reader) Next() (Packet, error) {
	if r.left > 0 || len(r.elision) > 0 {
		if _, err := r.in.Discard(r.left); err != nil {
			return Packet{}, unexpected(err)
		}
		r.left, r.elision = 0, nil
	}
	for {
		code, image, err := r.startcode()
		if err != nil {
			return Packet{}, err
		}
		if image {
			p, err := r.frame(byte(code))
			return p, unexpected(err)
		}
		if err := r.packet(code); err != nil {
			return Packet{}, unexpected(err)
		}
	}
}

// Read fills data with the image's next bytes. It fails if the image has fewer.
func (r *Reader) Read(data []byte) error {
	n := copy(data, r.elision)
	r.elision = r.elision[n:]
	data = data[n:]
	if len(data) > r.left {
		return fmt.Errorf("nut: %d bytes wanted of an image with %d left", len(data), r.left)
	}
	n, err := io.ReadFull(r.in, data)
	r.left -= n
	return unexpected(err)
}

// startcode reads the startcode of a packet, or the first byte of an image.
func (r *Reader) startcode() (code uint64, image bool, err error) {
	first, err := r.in.ReadByte()
	if err != nil {
		return 0, false, err
	}
	if first != 'N' {
		return uint64(first), true, nil
	}
	var rest [8]byte
	rest[0] = first
	if err := r.fill(rest[1:]); err != nil {
		return 0, false, err
	}
	return binary.BigEndian.Uint64(rest[:]), false, nil
}

// packet reads a packet other than an image. It ignores checksums, since a pipe is reliable.
func (r *Reader) packet(code uint64) error {
	size, err := readV(r.in)
	if err != nil {
		return err
	}
	if size > maxHeader {
		return fmt.Errorf("a header of %d bytes: %w", size, ErrFormat)
	}
	if size > 4096 {
		if _, err := r.in.Discard(4); err != nil { // checksum of the size
			return err
		}
	}
	if size < 4 {
		return fmt.Errorf("a header of %d bytes: %w", size, ErrFormat)
	}
	if code == indexStart {
		_, err := r.in.Discard(int(size))
		return err
	}
	// Syncpoints come with every image, and are read without an allocation.
	if code == syncpointStart {
		return r.syncpoint(int(size))
	}
	body := make([]byte, size)
	if err := r.fill(body); err != nil {
		return err
	}
	f := &fields{rest: body[:size-4]}
	switch code {
	case mainStart:
		err = r.readMain(f)
	case streamStart:
		err = r.readStream(f)
	case infoStart:
		r.readInfo(f)
	default:
		err = fmt.Errorf("an unknown packet %#x: %w", code, ErrFormat)
	}
	return err
}

func (r *Reader) readMain(f *fields) error {
	m, err := parseMain(f)
	if err == nil && r.main == nil { // it is repeated now and then
		r.main = m
	}
	return err
}

func (r *Reader) readStream(f *fields) error {
	if r.main == nil {
		return fmt.Errorf("a stream without a main header: %w", ErrFormat)
	}
	s, err := parseStream(f, len(r.main.bases))
	if err != nil || r.header != nil {
		return err
	}
	r.header = s
	r.stream.Width, r.stream.Height, r.stream.FourCC = s.width, s.height, s.fourCC
	r.stream.SampleRate, r.stream.Channels = s.sampleRate, s.channels
	return nil
}

// readInfo takes the frame rate, which ffmpeg writes as information, and ignores the rest.
func (r *Reader) readInfo(f *fields) {
	if rate, ok := parseRate(f); ok {
		r.stream.FrameRate = rate
	}
}

// syncpoint sets the clock.
func (r *Reader) syncpoint(size int) error {
	if r.main == nil || r.header == nil {
		return fmt.Errorf("a syncpoint before the headers: %w", ErrFormat)
	}
	stamp, n, err := readCounted(r.in)
	if err != nil {
		return err
	}
	if size -= n; size < 0 {
		return fmt.Errorf("a syncpoint that is too short: %w", ErrFormat)
	}
	bases := uint64(len(r.main.bases))
	r.last = rescale(int64(stamp/bases), r.main.bases[stamp%bases], r.main.bases[r.header.base])
	_, err = r.in.Discard(size)
	return err
}

// frame reads the header of an image.
func (r *Reader) frame(code byte) (Packet, error) {
	c := r.main.codes[code]
	if c.flags&flagInvalid != 0 {
		return Packet{}, fmt.Errorf("an invalid frame code %#x: %w", code, ErrFormat)
	}
	var failed error
	next := func() uint64 {
		v, err := readV(r.in)
		if err != nil && failed == nil {
			failed = err
		}
		return v
	}
	if c.flags&flagCoded != 0 {
		c.flags ^= next()
	}
	if c.flags&flagStream != 0 {
		c.stream = next()
	}
	pts := r.last + c.delta
	if c.flags&flagPts != 0 {
		pts = r.header.full(int64(next()), r.last)
	}
	size := c.lsb
	if c.flags&flagSize != 0 {
		if high, low := bits.Mul64(next(), c.mul); high > 0 || low > maxSize {
			size = maxSize + 1
		} else {
			size += low
		}
	}
	if c.flags&flagMatch != 0 {
		next() // match_time_delta, of which only the length counts
	}
	if c.flags&flagHeader != 0 {
		c.header = next()
	}
	reserved := c.reserved
	if c.flags&flagReserved != 0 {
		reserved = next()
	}
	for ; reserved > 0 && failed == nil; reserved-- {
		next()
	}
	if c.flags&flagChecksum != 0 && failed == nil {
		_, failed = r.in.Discard(4)
	}
	switch {
	case failed != nil:
		return Packet{}, failed
	case c.flags&flagSide != 0:
		return Packet{}, fmt.Errorf("an image with side data: %w", ErrFormat)
	case c.stream != r.header.id:
		return Packet{}, fmt.Errorf("a second stream: %w", ErrFormat)
	case size > maxSize:
		return Packet{}, fmt.Errorf("an image of %d bytes: %w", size, ErrFormat)
	case c.header >= uint64(len(r.main.elisions)):
		return Packet{}, fmt.Errorf("an unknown start of an image: %w", ErrFormat)
	}
	r.last = pts
	if size <= 4096 {
		r.elision = r.main.elisions[c.header]
	}
	if uint64(len(r.elision)) > size {
		return Packet{}, fmt.Errorf("an image shorter than its start: %w", ErrFormat)
	}
	r.left = int(size) - len(r.elision)
	return Packet{Size: int(size), Time: r.main.bases[r.header.base].duration(pts)}, nil
}

// fill reads exactly so many bytes.
func (r *Reader) fill(data []byte) error {
	_, err := io.ReadFull(r.in, data)
	return unexpected(err)
}

// unexpected replaces io.EOF, where the stream must not end.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// base is a clock: one tick is num/den seconds.
type base struct{ num, den uint64 }

// duration converts ticks, rounding down. It returns 0 if the result is out of range.
func (b base) duration(ticks int64) time.Duration {
	return time.Duration(rescale(ticks, b, base{1, uint64(time.Second)}))
}

// rescale converts ticks of one clock to those of another, rounding down.
func rescale(ticks int64, from, to base) int64 {
	if from == to {
		return ticks
	}
	// Usual values fit: 2^31 ticks of a 90 kHz clock are 6 hours.
	const small = 1 << 31
	num, den := from.num*to.den, from.den*to.num
	if from.num < small && from.den < small && to.num < small && to.den < small {
		if g := gcd(num, den); num/g < small && ticks > -small && ticks < small {
			return floor(ticks*int64(num/g), int64(den/g))
		}
	}
	x := new(big.Int).SetInt64(ticks)
	x.Mul(x, new(big.Int).SetUint64(from.num)).Mul(x, new(big.Int).SetUint64(to.den))
	y := new(big.Int).SetUint64(from.den)
	y.Mul(y, new(big.Int).SetUint64(to.num))
	x.Div(x, y) // the divisor is positive: it rounds down
	if !x.IsInt64() {
		return 0
	}
	return x.Int64()
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

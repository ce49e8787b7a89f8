package nut

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Track describes a stream that a [Writer] writes: video if Width is positive, else sound.
type Track struct {
	FourCC        string // of the codec, or for raw data of the pixel or sample format
	Width, Height int    // [pixels]
	FrameRate     int    // [images/s], by which encoders share out their bits; 0 if unknown
	SampleRate    int    // [Hz]
	Channels      int
}

// The time base of video [s]: one tick is a nanosecond, as in ROS's stamps. That of sound is
// a sample's period.
const ticksPerSecond = uint64(time.Second)

const (
	version      = 4
	pipe         = 2       // main flag of version 4: no syncpoints but the first
	maxDistance  = 1 << 16 // [bytes] between syncpoints; of no meaning in a pipe
	shortTime    = 7       // bits of a short time, which are not used
	imageClass   = 0
	soundClass   = 1
	codedFlags   = flagKey | flagPts | flagStream | flagSize | flagChecksum
	headerLength = 64 // [bytes] at most, of a packet's header
)

// Writer writes a stream of several tracks, in the order in which it gets packets. ffmpeg
// takes each packet's time as it is, whatever came before. One goroutine uses it.
//
// It holds no data back, and copies none: a packet goes to the underlying writer as it is,
// after a header of some bytes.
type Writer struct {
	to     io.Writer
	tracks []Track
	header []byte
}

// NewWriter writes the headers, for at least one track.
func NewWriter(to io.Writer, tracks []Track) (*Writer, error) {
	w := &Writer{to: to, tracks: tracks, header: make([]byte, 0, headerLength)}
	out := []byte(magic)
	out = appendPacket(out, mainStart, w.main())
	for i := range tracks {
		out = appendPacket(out, streamStart, w.stream(i))
	}
	for i, t := range tracks {
		if t.FrameRate > 0 {
			out = appendPacket(out, infoStart, t.info(i))
		}
	}
	// At time 0, with nothing to go back to.
	out = appendPacket(out, syncpointStart, appendV(appendV(nil, 0), 0))
	if _, err := to.Write(out); err != nil {
		return nil, err
	}
	return w, nil
}

// main returns the main header. Every frame code but 'N' says the same: all is coded in the
// packet.
func (w *Writer) main() []byte {
	b := appendV(nil, version)
	b = appendV(b, 0) // minor version
	b = appendV(b, uint64(len(w.tracks)))
	b = appendV(b, maxDistance)
	b = appendV(b, uint64(len(w.tracks)))
	for _, t := range w.tracks {
		b = appendV(b, 1)
		b = appendV(b, t.perSecond())
	}
	b = appendV(b, flagCoded)
	b = appendV(b, 6)   // fields that follow
	b = appendV(b, 0)   // time since the last packet
	b = appendV(b, 1)   // factor of the size
	b = appendV(b, 0)   // stream
	b = appendV(b, 0)   // lower part of the size
	b = appendV(b, 0)   // reserved fields
	b = appendV(b, 255) // codes of this meaning
	b = appendV(b, 0)   // starts of images that are left out
	return appendV(b, pipe)
}

// stream returns the header of a track.
func (w *Writer) stream(i int) []byte {
	t := w.tracks[i]
	class := uint64(soundClass)
	if t.Width > 0 {
		class = imageClass
	}
	b := appendV(nil, uint64(i))
	b = appendV(b, class)
	b = appendV(b, uint64(len(t.FourCC)))
	b = append(b, t.FourCC...)
	b = appendV(b, uint64(i)) // time base
	b = appendV(b, shortTime)
	b = appendV(b, t.perSecond()) // longest distance between two times without a checksum
	b = appendV(b, 0)             // decode_delay
	b = appendV(b, 0)             // flags
	b = appendV(b, 0)             // data of the codec
	if class == imageClass {
		b = appendV(b, uint64(t.Width))
		b = appendV(b, uint64(t.Height))
		b = appendV(b, 0) // width of a pixel, unknown
		b = appendV(b, 0) // height of a pixel, unknown
		return appendV(b, 0)
	}
	b = appendV(b, uint64(t.SampleRate))
	b = appendV(b, 1)
	return appendV(b, uint64(t.Channels))
}

// info returns the packet with the frame rate, as ffmpeg itself writes it.
func (t Track) info(i int) []byte {
	const text = 2 // the signed number -1: a value that is text
	b := appendV(nil, uint64(i)+1)
	b = appendV(b, 0) // chapter
	b = appendV(b, 0) // its start
	b = appendV(b, 0) // its length
	b = appendV(b, 1) // fields that follow
	b = appendText(b, "r_frame_rate")
	b = appendV(b, text)
	return appendText(b, strconv.Itoa(t.FrameRate)+"/1")
}

func appendText(to []byte, text string) []byte {
	return append(appendV(to, uint64(len(text))), text...)
}

// perSecond returns the ticks of a track's clock in a second.
func (t Track) perSecond() uint64 {
	if t.Width > 0 {
		return ticksPerSecond
	}
	return uint64(t.SampleRate)
}

// Write writes a packet of a track: an image, or whole audio frames. The time [ticks] is that
// of its presentation: in ns for an image, in audio frames for sound. It blocks as the
// underlying writer does.
func (w *Writer) Write(track int, ticks int64, data []byte) error {
	if ticks < 0 {
		return fmt.Errorf("nut: a packet at %d, before the start", ticks)
	}
	h := append(w.header[:0], 0) // the frame code
	h = appendV(h, codedFlags)   // which differ from those of the code, flagCoded alone
	h = appendV(h, uint64(track))
	h = appendV(h, uint64(ticks)+1<<shortTime)
	h = appendV(h, uint64(len(data)))
	h = binary.BigEndian.AppendUint32(h, checksum(h))
	if _, err := w.to.Write(h); err != nil {
		return err
	}
	_, err := w.to.Write(data)
	return err
}

// appendPacket appends a packet other than a frame.
func appendPacket(to []byte, startcode uint64, body []byte) []byte {
	begin := len(to)
	to = binary.BigEndian.AppendUint64(to, startcode)
	to = appendV(to, uint64(len(body)+4))
	if len(body)+4 > 4096 {
		to = binary.BigEndian.AppendUint32(to, checksum(to[begin:]))
	}
	to = append(to, body...)
	return binary.BigEndian.AppendUint32(to, checksum(body))
}

// appendV appends an unsigned number as readV reads it.
func appendV(to []byte, v uint64) []byte {
	shift := uint(0)
	for v>>shift > 0x7f {
		shift += 7
	}
	for ; shift > 0; shift -= 7 {
		to = append(to, byte(v>>shift)|0x80)
	}
	return append(to, byte(v)&0x7f)
}

// polynomials is the table of the specification's CRC: that of Ethernet, highest bit first,
// beginning with 0.
var polynomials = func() (table [256]uint32) {
	for i := range table {
		crc := uint32(i) << 24
		for range 8 {
			carry := crc >> 31
			crc <<= 1
			if carry != 0 {
				crc ^= 0x04C11DB7
			}
		}
		table[i] = crc
	}
	return table
}()

func checksum(data []byte) uint32 {
	crc := uint32(0)
	for _, b := range data {
		crc = crc<<8 ^ polynomials[byte(crc>>24)^b]
	}
	return crc
}

package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"av_capture/src/internal/acquire"
)

// sizeLimit is the largest length that a RIFF file may name: the one above it
// stands for a length that is unknown.
const sizeLimit = unknownLength - 1

// ds64Size is the length of the body of a ds64 chunk without a table: lengths
// of file and data, the number of audio frames, and the length of the table.
const ds64Size = 8 + 8 + 8 + 4

// File is what a [Writer] writes to. An [os.File] is one.
type File interface {
	io.WriterAt
	Truncate(size int64) error // makes the file so long, with zeros at its end
	Sync() error               // returns when what was written is on the disk
	Close() error
}

var _ File = (*os.File)(nil)

// Writer writes a WAV file that is readable at any time after the first
// [Writer.Commit], up to what was written before the last one, whatever becomes
// of the process or the machine: the header never says that there is more than
// there is.
//
// The file is RIFF WAVE. Room is kept in it, by a JUNK chunk, for what makes it
// an RF64 file once its length needs more than 32 bits (ITU-R BS.2088-1,
// section 3.5).
//
// One goroutine at a time uses a Writer. It blocks as long as the disk does.
type Writer struct {
	file      File
	format    acquire.AudioFormat
	limit     uint64 // largest length that is written as RIFF
	start     int64  // [bytes] offset of the samples
	length    int64  // [bytes] of samples so far
	extent    int64  // [bytes] of samples up to which the file reaches; less than length after silence
	committed int64  // [bytes] of samples that the header tells of
	failed    bool   // a write has, which may have left a part of what it should have written
	quiet     []byte // some silence, for encodings whose silence is no zeros
}

// NewWriter begins a file, which is empty and becomes the writer's. On an error
// the file stays open and the caller's.
func NewWriter(file File, format acquire.AudioFormat) (*Writer, error) {
	return newWriter(file, format, sizeLimit)
}

func newWriter(file File, format acquire.AudioFormat, limit uint64) (*Writer, error) {
	if err := check(format); err != nil {
		return nil, err
	}
	w := &Writer{file: file, format: format, limit: limit}
	w.start = int64(len(w.header())) // which is of the same length whatever it tells
	if _, err := file.WriteAt(w.header(), 0); err != nil {
		return nil, fmt.Errorf("wav: write the header: %w", err)
	}
	return w, nil
}

// Frames returns how many audio frames were written, silence included.
func (w *Writer) Frames() uint64 { return uint64(w.length) / uint64(w.format.FrameSize()) }

// Committed returns how many audio frames the header tells of.
func (w *Writer) Committed() uint64 { return uint64(w.committed) / uint64(w.format.FrameSize()) }

// Write writes whole audio frames. On an error those that were written before
// it count. It panics if data ends inside a frame.
func (w *Writer) Write(data []byte) error {
	frameSize := w.format.FrameSize()
	if len(data)%frameSize != 0 {
		panic(fmt.Sprintf("wav: %d bytes are not whole frames of %d", len(data), frameSize))
	}
	n, err := w.file.WriteAt(data, w.start+w.length)
	w.length += int64(n - n%frameSize)
	if n > 0 {
		w.extent = w.length
	}
	if err != nil {
		w.failed = true
		return fmt.Errorf("wav: write: %w", err)
	}
	return nil
}

// Silence writes so many audio frames of silence. Zeros take no room on the
// disk, where the file system knows holes.
func (w *Writer) Silence(frames uint64) error {
	if Silence(w.format.Encoding) == 0 {
		w.length += int64(frames) * int64(w.format.FrameSize())
		return nil
	}
	const atOnce = 1 << 12 // [audio frames]
	if w.quiet == nil {
		w.quiet = make([]byte, atOnce*w.format.FrameSize())
		for i := range w.quiet {
			w.quiet[i] = Silence(w.format.Encoding)
		}
	}
	for frames > 0 {
		n := min(frames, atOnce)
		if err := w.Write(w.quiet[:n*uint64(w.format.FrameSize())]); err != nil {
			return err
		}
		frames -= n
	}
	return nil
}

// Commit makes the header tell of everything that was written so far. The
// samples are on the disk before it does.
func (w *Writer) Commit() error {
	if w.extent < w.length { // silence at the end
		if err := w.file.Truncate(w.start + w.length); err != nil {
			return fmt.Errorf("wav: write silence: %w", err)
		}
		w.extent = w.length
	}
	if w.committed == w.length {
		return nil
	}
	if err := w.file.Sync(); err != nil {
		return fmt.Errorf("wav: write to the disk: %w", err)
	}
	// One call, within one page of the disk's cache: old or new, nothing between.
	if _, err := w.file.WriteAt(w.header(), 0); err != nil {
		return fmt.Errorf("wav: write the header: %w", err)
	}
	w.committed = w.length
	return nil
}

// Close commits and closes the file, which it also does on an error.
func (w *Writer) Close() error {
	var err error
	if w.failed {
		err = w.file.Truncate(w.start + w.length)
		w.extent = w.length
	}
	if w.length%2 == 1 && w.extent == w.length {
		// Chunks are padded. What was written is whole without it, too.
		_, err = w.file.WriteAt([]byte{0}, w.start+w.length)
	}
	err = errors.Join(err, w.Commit(), w.file.Sync(), w.file.Close())
	if err != nil {
		return fmt.Errorf("wav: close: %w", err)
	}
	return nil
}

// header returns all that comes before the samples. It is always of the same
// length.
func (w *Writer) header() []byte {
	data := uint64(w.length)
	frames := w.Frames()
	// The length in a RIFF or RF64 header is that of what follows it, padding
	// included.
	whole := uint64(w.start) - 8 + data + data%2
	large := whole > w.limit

	b := make([]byte, 0, 128)
	short := func(length uint64) uint32 {
		if large {
			return unknownLength // it is in the ds64 chunk
		}
		return uint32(length)
	}
	if large {
		b = append(b, "RF64"...)
	} else {
		b = append(b, "RIFF"...)
	}
	b = binary.LittleEndian.AppendUint32(b, short(whole))
	b = append(b, "WAVE"...)
	if large {
		b = append(b, "ds64"...)
		b = binary.LittleEndian.AppendUint32(b, ds64Size)
		b = binary.LittleEndian.AppendUint64(b, whole)
		b = binary.LittleEndian.AppendUint64(b, data)
		b = binary.LittleEndian.AppendUint64(b, frames)
		b = binary.LittleEndian.AppendUint32(b, 0) // no table of other long chunks
	} else {
		b = append(b, "JUNK"...)
		b = binary.LittleEndian.AppendUint32(b, ds64Size)
		b = append(b, make([]byte, ds64Size)...)
	}
	b = appendFormat(b, w.format)
	if w.format.Encoding == acquire.F32LE {
		// What is not PCM names its audio frames: all that have this number.
		b = append(b, "fact"...)
		b = binary.LittleEndian.AppendUint32(b, 4)
		b = binary.LittleEndian.AppendUint32(b, short(frames))
	}
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, short(data))
}

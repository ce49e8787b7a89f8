package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"av_capture/src/internal/media"
	"av_capture/src/internal/oneline"
)

// sizeLimit is the largest length in a RIFF file: the next one means that ds64 has it.
const sizeLimit = largeLength - 1

// ds64Size is the length of the body of a ds64 chunk without a table: the lengths of file
// and data, the number of audio frames, and the length of the table.
const ds64Size = 8 + 8 + 8 + 4

// File is the destination of a [Writer], such as an [os.File].
type File interface {
	io.WriterAt
	Truncate(size int64) error // sets the length, and appends zeros
	Sync() error               // returns when all writes are on the disk
	Close() error
}

var _ File = (*os.File)(nil)

// Writer writes a WAV file that is readable up to the last [Writer.Commit], even if the
// process is killed or the machine fails: the header never promises more samples than are
// on the disk.
//
// The file is RIFF WAVE. A JUNK chunk reserves room for the ds64 chunk, which makes it an
// RF64 file once its length exceeds 32 bits (ITU-R BS.2088-1, section 3.5).
//
// One goroutine at a time uses a Writer. It blocks as long as the disk does.
type Writer struct {
	file      File
	format    media.AudioFormat
	limit     uint64 // largest length that is written as RIFF
	start     int64  // [bytes] offset of the samples
	length    int64  // [bytes] of samples so far
	extent    int64  // [bytes] of samples in the file; less than length after silence
	committed int64  // [bytes] of samples in the header
	failed    bool   // a write failed, and may have left a part of an audio frame
	quiet     []byte // some silence, if that is not zeros
}

// NewWriter writes the header to an empty file and takes ownership of it. On an error the
// caller keeps the file, which stays open.
func NewWriter(file File, format media.AudioFormat) (*Writer, error) {
	return newWriter(file, format, sizeLimit)
}

func newWriter(file File, format media.AudioFormat, limit uint64) (*Writer, error) {
	if err := checkFormat(format); err != nil {
		return nil, err
	}
	w := &Writer{file: file, format: format, limit: limit}
	w.start = int64(len(w.header())) // always of the same length
	if _, err := file.WriteAt(w.header(), 0); err != nil {
		return nil, fmt.Errorf("wav: write the header: %w", err)
	}
	return w, nil
}

// Frames returns the number of audio frames written, silence included.
func (w *Writer) Frames() uint64 { return uint64(w.length) / uint64(w.format.FrameSize()) }

// Write writes whole audio frames. After an error, [Writer.Frames] counts those that were
// written. It panics if data ends inside a frame.
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

// maxLength bounds the samples of a file [bytes]: it exceeds every file system, and sums
// with it do not overflow.
const maxLength = 1 << 62

// ErrTooLong means that a file would exceed every file system.
var ErrTooLong = errors.New("wav: longer than any file can be")

// Silence writes audio frames of silence. Zeros become a hole in the file, which takes no
// disk on most file systems. The error wraps [ErrTooLong], or is that of the disk.
func (w *Writer) Silence(frames uint64) error {
	if frames > uint64(maxLength-w.length)/uint64(w.format.FrameSize()) {
		return ErrTooLong
	}
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

// Commit syncs all samples to the disk, then updates the header.
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
	// One call, within one page of the disk's cache: the header is the old or the new one.
	if _, err := w.file.WriteAt(w.header(), 0); err != nil {
		return fmt.Errorf("wav: write the header: %w", err)
	}
	w.committed = w.length
	return nil
}

// Close commits and closes the file. It closes the file on an error too.
func (w *Writer) Close() error {
	var err error
	if w.failed {
		err = w.file.Truncate(w.start + w.length)
		w.extent = w.length
	}
	if w.length%2 == 1 && w.extent == w.length {
		// Chunks are padded to even lengths.
		_, err = w.file.WriteAt([]byte{0}, w.start+w.length)
	}
	err = oneline.Join(err, w.Commit(), w.file.Sync(), w.file.Close())
	if err != nil {
		return fmt.Errorf("wav: close: %w", err)
	}
	return nil
}

// header returns the bytes before the samples, always of the same length.
func (w *Writer) header() []byte {
	data := uint64(w.length)
	frames := w.Frames()
	// The length in a RIFF or RF64 header is that of the rest of the file, with padding.
	whole := uint64(w.start) - 8 + data + data%2
	large := whole > w.limit

	b := make([]byte, 0, 128)
	short := func(length uint64) uint32 {
		if large {
			return largeLength // the ds64 chunk has it
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
	if w.format.Encoding == media.F32LE {
		// Formats other than PCM have a fact chunk with the number of audio frames.
		b = append(b, "fact"...)
		b = binary.LittleEndian.AppendUint32(b, 4)
		b = binary.LittleEndian.AppendUint32(b, short(frames))
	}
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, short(data))
}

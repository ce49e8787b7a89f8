package wav_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"av_capture/src/internal/media"
	"av_capture/src/internal/wav"
)

// sparse is a file of some bytes and a hole, which counts its reads and their reach.
type sparse struct {
	data  []byte
	size  int64
	reads int
	bytes int
}

func (s *sparse) ReadAt(p []byte, at int64) (int, error) {
	s.reads++
	s.bytes += len(p)
	switch {
	case at < 0:
		return 0, errors.New("read before the file")
	case s.reads > 1e6:
		return 0, errors.New("read without end")
	case at >= s.size:
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), s.size-at))
	clear(p[:n])
	if at < int64(len(s.data)) {
		copy(p[:n], s.data[at:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// riff makes a file of chunks, each a name of four letters, its length and its body.
func riff(id string, chunks ...any) []byte {
	b := []byte(id + "\xff\xff\xff\xffWAVE")
	for _, c := range chunks {
		switch c := c.(type) {
		case string:
			b = append(b, c...)
		case []byte:
			b = append(b, c...)
		case int:
			b = binary.LittleEndian.AppendUint32(b, uint32(c))
		}
	}
	return b
}

// plain is the body of a plain format chunk.
func plain(tag, channels, rate, align, bits int) []byte {
	b := binary.LittleEndian.AppendUint16(nil, uint16(tag))
	b = binary.LittleEndian.AppendUint16(b, uint16(channels))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(rate*align))
	b = binary.LittleEndian.AppendUint16(b, uint16(align))
	return binary.LittleEndian.AppendUint16(b, uint16(bits))
}

// FuzzRead reads headers, also of files larger than any disk: that takes a bounded number
// of reads, and the samples lie within the file. A writer's file of the same format is read
// as the same.
func FuzzRead(f *testing.F) {
	f.Add(riff("RIFF"), int64(1)<<40) // zeros are chunks without length
	f.Add(riff("RIFF", "fmt ", 16, plain(1, 32767, 48000, 65534, 16), "data", 262144), int64(262188))
	f.Add(riff("RIFF", "fmt ", 16, plain(1, 32767, 48000, 65534, 21), "data", 262144), int64(262200))
	f.Add(riff("RIFF", "fmt ", 16, plain(1, 1, 44100, 2, 16), "data", 4, "abcd"), int64(48))
	f.Add(riff("RIFF", "fmt ", 16, plain(3, 2, 44100, 8, 32), "data", 0xFFFFFFFF), int64(1)<<62)
	f.Add(riff("RIFF", "fmt ", 16, plain(1, 1, 8000, 1, 8), "data", 0x7FFFF000), int64(1000))
	f.Add(riff("RIFF", "fmt ", 16, plain(1, 65535, 1<<31, 65535, 8), "LIST", 0xFFFFFFFF, "data", 0), int64(1<<63-1))
	f.Add(riff("RF64", "ds64", 28, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"fmt ", 40, plain(0xFFFE, 6, 16000, 12, 16), "\x16\x00\x10\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71", "data", 0xFFFFFFFF), int64(1)<<40)
	f.Add(riff("BW64", "ds64", 16), int64(30))
	f.Add([]byte("RIFF"), int64(4))
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, size int64) {
		size = max(size, int64(len(data)))
		file := &sparse{data: data, size: size}
		h, err := wav.Read(file, size)
		if file.reads > 10000 || file.bytes > 1<<20 {
			t.Fatalf("%d reads of %d bytes together", file.reads, file.bytes)
		}
		if err != nil {
			if !errors.Is(err, wav.ErrUnsupported) {
				t.Fatal(err)
			}
			return
		}
		if h.SampleRate < 1 || h.FrameSize() < 1 || h.FrameSize() > 0xFFFF || h.Start < 12 ||
			h.Length < 0 || h.Length%int64(h.FrameSize()) != 0 || h.Truncated < 0 || h.Length > 0 && h.Length > size-h.Start {
			t.Fatalf("%+v of %d bytes", h, size)
		}
		format := media.AudioFormat{SampleRate: h.SampleRate, Channels: h.Channels, Encoding: h.Encoding}
		written, err := os.Create(filepath.Join(folder, "sound.wav"))
		if err != nil {
			t.Fatal(err)
		}
		defer written.Close()
		w, err := wav.NewWriter(written, format)
		if err != nil {
			return // a rate that no header has room for
		}
		sound := bytes.Repeat([]byte{1}, 3*h.FrameSize())
		if err := errors.Join(w.Write(sound), w.Commit()); err != nil {
			t.Fatal(err)
		}
		info, err := written.Stat()
		if err != nil {
			t.Fatal(err)
		}
		again, err := wav.Read(written, info.Size())
		if err != nil || again.SampleRate != h.SampleRate || again.Channels != h.Channels || again.Encoding != h.Encoding || again.Length != int64(len(sound)) {
			t.Fatalf("%+v became %+v, %v", h, again, err)
		}
	})
}

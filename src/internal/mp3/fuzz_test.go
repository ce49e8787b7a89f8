package mp3

import (
	"bytes"
	"slices"
	"testing"
)

// FuzzReadFrames reads frames: each is as long as its header says, within what MP3 has, and
// together they are the beginning of the input. Only the first bytes of a header count.
func FuzzReadFrames(f *testing.F) {
	f.Add(append([]byte{0xff, 0xfb, 0x90, 0xc0}, make([]byte, 413)...))                               // MPEG-1, 128 kbit/s, 44100 Hz
	f.Add(bytes.Repeat(append([]byte{0xff, 0xf3, 0x14, 0}, make([]byte, 20)...), 3))                  // MPEG-2, the shortest
	f.Add(append([]byte{0xff, 0xe3, 0xea, 0}, make([]byte, 1437)...))                                 // MPEG-2.5, the longest
	f.Add([]byte{0xff, 0xe3, 0xea, 0})                                                                // cut off
	f.Add(append([]byte{0xff, 0xfb, 0x90, 0xc0}, append(make([]byte, 413), "TAG is no frame"...)...)) // ID3v1 at the end
	f.Add([]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		var all []byte
		next := int64(-delay)
		err := readFrames(bytes.NewReader(stream), func(frame []byte, at int64) {
			header, ok := ParseHeader(frame)
			if short, _ := ParseHeader(frame[:headerSize]); !ok || short != header {
				t.Fatalf("% x is %+v, and %+v with what follows", frame[:headerSize], short, header)
			}
			if header.Size != len(frame) || header.Size < 24 || header.Size > 1441 ||
				!slices.Contains(Rates, header.SampleRate) || header.Samples != 576 && header.Samples != 1152 || at != next {
				t.Fatalf("% x at %d is %+v, of %d bytes; want it at %d", frame[:headerSize], at, header, len(frame), next)
			}
			next = at + int64(header.Samples)
			all = append(all, frame...)
		})
		if err == nil || !bytes.HasPrefix(stream, all) {
			t.Fatalf("%v: % x of % x", err, all, stream)
		}
	})
}

package nut_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"

	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/nut"
)

// FuzzReader reads streams: memory grows with the bytes that there are, whatever a
// header promises, and reading comes to an end.
func FuzzReader(f *testing.F) {
	whole := numbered(f, "-c:v", "rawvideo", "-pix_fmt", "gray", "-f", "nut", "-")
	f.Add(whole[:4000])
	f.Add(numbered(f, "-c:v", "mpeg4", "-flags:v", "+bitexact", "-f", "nut", "-")[:4000])
	f.Add(whole[:len("nut/multimedia container\x00")])
	header := bytes.Index(whole, []byte("NM"))
	f.Add(append(bytes.Clone(whole[:header+8]), 0xbf, 0xff, 0xff)) // a header of 1 MiB
	for _, at := range []int{header + 8, header + 12, header + 30, bytes.Index(whole, []byte("NS")) + 12, bytes.Index(whole, []byte("NK")) + 9} {
		damaged := bytes.Clone(whole[:4000])
		for i := range 8 {
			damaged[at+i] = 0xff
		}
		f.Add(damaged)
	}
	image := make([]byte, 1<<16)
	f.Fuzz(func(t *testing.T, data []byte) {
		taken := leaktest.Allocated(func() {
			r := nut.NewReader(bytes.NewReader(data))
			stream, err := r.Open()
			if err == nil && (stream.Width < 1 || stream.Width > 1<<16 || stream.Height < 1 || stream.Height > 1<<16 || !(stream.FrameRate >= 0 && stream.FrameRate <= math.MaxFloat64)) {
				t.Fatalf("%+v", stream)
			}
			for count := 0; err == nil; count++ {
				var packet nut.Packet
				if packet, err = r.Next(); err == nil {
					if packet.Size < 0 || packet.Size > 1<<30 || count > len(data) {
						t.Fatalf("image %d of %d bytes", count, packet.Size)
					}
					err = r.Read(image[:min(packet.Size, len(image))])
				}
			}
			if message := err.Error(); len(message) > 1000 || errors.Is(err, io.ErrNoProgress) {
				t.Fatal(message)
			}
		})
		// The rest of this process allocates a little meanwhile.
		if taken > uint64(4<<20+100*len(data)) {
			t.Fatalf("%d bytes of memory for %d", taken, len(data))
		}
	})
}

// Package wavtest makes samples and loads WAV files for the tests of several packages.
package wavtest

import (
	"io"
	"math/rand/v2"
	"os"
	"testing"

	"av_capture/src/internal/wav"
)

// Noise returns n bytes, the same ones for the same seed.
func Noise(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(1, seed))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(rng.Uint32())
	}
	return data
}

// Load returns the header of a file and its samples.
func Load(t testing.TB, path string) (wav.Header, []byte) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	h, err := wav.Read(file, info.Size())
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	samples := make([]byte, h.Length)
	if _, err := file.ReadAt(samples, h.Start); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return h, samples
}

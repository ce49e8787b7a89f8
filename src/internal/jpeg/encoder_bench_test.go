package jpeg_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
)

// bitmap returns a bgr8 image without padding whose width is a multiple of 4 as a BMP file, upside down.
func bitmap(img *media.Image) []byte {
	var file bytes.Buffer
	file.WriteString("BM")
	// The size of the file, two reserved words, the offset of the pixels; then the header of 40
	// bytes: width, height, planes and bits, and six fields that may be 0. No error: see Buffer.
	_ = binary.Write(&file, binary.LittleEndian, []int32{int32(54 + len(img.Data)), 0, 54,
		40, int32(img.Width), int32(img.Height), 24<<16 | 1, 0, 0, 0, 0, 0, 0})
	file.Write(img.Data)
	return file.Bytes()
}

// megapixels finds the rate of compression in a line of tjbench -quiet.
var megapixels = regexp.MustCompile(`(?m)^BGR\s.*4:2:0\s+\d+\s+\d+\s+\d+\s+([\d.]+)`)

// BenchmarkEncodeAgainstTJBench compresses an image in turns with libjpeg-turbo's own
// benchmark (Debian: libjpeg-turbo-progs), with the same quality and subsampling. It reports
// our time [ms] and the quotient.
func BenchmarkEncodeAgainstTJBench(b *testing.B) {
	program, err := exec.LookPath("tjbench")
	if err != nil {
		b.Skip(err)
	}
	const quality = 95
	for _, size := range [][2]int{{640, 480}, {1920, 1080}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			step := 3 * size[0]
			img := &media.Image{Width: size[0], Height: size[1], Step: step, Encoding: "bgr8", Data: make([]byte, step*size[1])}
			random := rand.New(rand.NewPCG(1, 2))
			for i := range img.Data { // a picture with some noise on it
				img.Data[i] = byte(i%step*200/step + random.IntN(16))
			}
			path := filepath.Join(b.TempDir(), "picture.bmp")
			if err := os.WriteFile(path, bitmap(img), 0o600); err != nil {
				b.Fatal(err)
			}
			var e jpeg.Encoder
			defer e.Close()
			var ours, quotients []float64
			for range 5 {
				output, err := exec.Command(program, path, strconv.Itoa(quality), "-bgr", "-subsamp", "420", "-quiet", "-benchtime", "0.2", "-warmup", "0.1").CombinedOutput()
				if err != nil {
					b.Fatalf("%v: %s", err, output)
				}
				found := megapixels.FindSubmatch(output)
				if found == nil {
					b.Fatalf("no rate in %q", output)
				}
				rate, err := strconv.ParseFloat(string(found[1]), 64)
				if err != nil {
					b.Fatal(err)
				}
				theirs := float64(size[0]*size[1]) / rate / 1e6 // [s]
				images := 0
				start := time.Now()
				for ; time.Since(start) < 200*time.Millisecond; images++ {
					if _, err := e.Encode(img, quality); err != nil {
						b.Fatal(err)
					}
				}
				each := time.Since(start).Seconds() / float64(images)
				ours, quotients = append(ours, each), append(quotients, each/theirs)
			}
			for b.Loop() {
			}
			b.ReportMetric(0, "ns/op") // of nothing
			b.ReportMetric(1000*median(ours), "ours-ms")
			b.ReportMetric(median(quotients), "ours/tjbench")
		})
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

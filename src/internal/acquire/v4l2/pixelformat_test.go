package v4l2

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
)

var update = flag.Bool("update", false, "write the list of formats in doc/cameras.md anew")

const document = "../../../../doc/cameras.md"

func TestDocumentListsEveryFormat(t *testing.T) {
	var order []string
	codes := map[string][]string{} // by pixel_format; the last are those without one
	for _, f := range append(slices.Clone(pixelFormats), pixelFormat{}) {
		if !slices.Contains(order, f.raw) && (f.raw != "" || f.code == 0) {
			order = append(order, f.raw)
		}
		if f.code != 0 {
			codes[f.raw] = append(codes[f.raw], f.code.String())
		}
	}
	var table strings.Builder
	table.WriteString("\n| untouched as | V4L2's name: each but video is converted to `bgr8`, `rgb8` and `mono8` too |\n|---|---|\n")
	for _, raw := range order {
		name := "–"
		if raw != "" {
			name = "`" + media.PixelFormat(raw) + "`"
		}
		fmt.Fprintf(&table, "| %s | %s |\n", name, strings.Join(codes[raw], ", "))
	}
	table.WriteString("\n")
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- formats -->\n", "<!-- end of formats -->"
	before, after, found := strings.Cut(string(text), begin)
	_, after, found2 := strings.Cut(after, end)
	if !found || !found2 {
		t.Fatalf("%s has no list of formats", document)
	}
	want := before + begin + table.String() + end + after
	if *update {
		if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(text) {
		t.Errorf("%s does not list the formats that there are; run this test with -update: want\n%s", document, table.String())
	}
}

func TestEveryFormatCanBeConverted(t *testing.T) {
	for _, encoding := range media.Converted {
		converter := imaging.NewConverter(encoding)
		defer converter.Close()
		for i := range pixelFormats {
			f := &pixelFormats[i]
			if f.compressed() {
				continue // package jpeg's
			}
			image := media.Image{Width: 16, Height: 16, Step: f.rowBytes(16), Encoding: f.encoding}
			size := 0
			for _, p := range f.planes(16, 16, image.Step) {
				size += p.step * p.rows
			}
			memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Munmap(memory)
			image.Data = memory
			if got, err := converter.Convert(&image); err != nil || got.Width != 16 || got.Height != 16 || got.Encoding != encoding {
				t.Errorf("%v to %s: got %+v, %v", f.code, encoding, got, err)
			}
		}
	}
}

// The sizes that Linux's own documentation gives for its examples of 4x4 pixels.
func TestPlanesHaveTheSizesOfTheirDefinition(t *testing.T) {
	for code, want := range map[string]int{
		"YUYV": 32, "NV12": 24, "NV21": 24, "YU12": 24, "YV12": 24, "422P": 32,
		"GREY": 16, "Y16 ": 32, "Y10 ": 32, "RGB3": 48, "BGR4": 64, "RGBP": 32, "RGGB": 16,
	} {
		f := &pixelFormats[rank(fourCC(code))]
		got := 0
		for _, p := range f.planes(4, 4, f.rowBytes(4)) {
			got += p.step * p.rows
		}
		if got != want {
			t.Errorf("%s: %d bytes, want %d", code, got, want)
		}
	}
}

func TestEncodingsAreWordsOfTheField(t *testing.T) {
	// sensor_msgs/image_encodings.hpp, and JPEG.
	known := []string{"bgr8", "rgb8", "mono8", "mono16", "16UC1", "yuv422_yuy2", "uyvy", "nv21",
		"bayer_rggb8", "bayer_bggr8", "bayer_gbrg8", "bayer_grbg8", media.JPEG,
		"h264", "hevc"} // ffmpeg_image_transport's names of videos
	for _, e := range Encodings {
		if !slices.Contains(known, e) {
			t.Errorf("%s is no encoding of sensor_msgs", e)
		}
	}
	if len(Encodings) != len(known) {
		t.Errorf("got %q, want %q", Encodings, known)
	}
}

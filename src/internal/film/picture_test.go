package film

import (
	"bytes"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/media"
	"av_capture/src/internal/nut"
)

// pixelFormats are ffmpeg's names of the encodings of raw images.
var pixelFormats = map[string]string{
	"bgr8": "bgr24", "8UC3": "bgr24", "rgb8": "rgb24", "bgra8": "bgra", "8UC4": "bgra", "rgba8": "rgba",
	"bgr16": "bgr48le", "16UC3": "bgr48le", "rgb16": "rgb48le", "bgra16": "bgra64le", "16UC4": "bgra64le", "rgba16": "rgba64le",
	"mono8": "gray", "8UC1": "gray", "mono16": "gray16le", "16UC1": "gray16le",
	"yuv422_yuy2": "yuyv422", "yuyv": "yuyv422", "yuv422": "uyvy422", "uyvy": "uyvy422", "nv12": "nv12", "nv21": "nv21",
	"bayer_bggr8": "bayer_bggr8", "bayer_gbrg8": "bayer_gbrg8", "bayer_grbg8": "bayer_grbg8", "bayer_rggb8": "bayer_rggb8",
	"bayer_bggr16": "bayer_bggr16le", "bayer_gbrg16": "bayer_gbrg16le", "bayer_grbg16": "bayer_grbg16le", "bayer_rggb16": "bayer_rggb16le",
}

func TestFFmpegTakesEachEncodingForWhatItIs(t *testing.T) {
	var tracks []nut.Track
	var images [][]byte
	var want []string
	for _, encoding := range slices.Sorted(maps.Keys(nut.FourCCs)) {
		code := nut.FourCCs[encoding]
		if code.Bits == 0 {
			continue
		}
		// Its rows are padded, and are not any more.
		row := 8 * max(code.Bits, 8) / 8
		rows := 4
		if code.Bits == 12 {
			row, rows = 8, 6
		}
		data := bytes.Repeat(append(bytes.Repeat([]byte{7}, row), 1, 2, 3), rows)
		p, err := check(&Image{Image: media.Image{Data: data, Width: 8, Height: 4, Step: row + 3, Encoding: encoding}})
		if err != nil || !bytes.Equal(p.data, bytes.Repeat([]byte{7}, row*rows)) {
			t.Fatalf("%s: %v, %d bytes", encoding, err, len(p.data))
		}
		if _, err := check(&Image{Image: media.Image{Data: data[:len(data)-4], Width: 8, Height: 4, Step: row + 3, Encoding: encoding}}); err == nil {
			t.Errorf("%s: an image that is cut off is taken", encoding)
		}
		tracks = append(tracks, track{picture: p.format}.describe())
		images = append(images, p.data)
		want = append(want, pixelFormats[encoding])
	}
	var file bytes.Buffer
	w, err := nut.NewWriter(&file, tracks)
	if err != nil {
		t.Fatal(err)
	}
	for i, image := range images {
		if err := w.Write(i, 0, image); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=pix_fmt", "-of", "csv=p=0", "pipe:0")
	command.Stdin = &file
	out, err := command.CombinedOutput()
	if got := strings.Fields(string(out)); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, out, strings.Join(want, "\n"))
	}
	if len(want) != len(pixelFormats) {
		t.Errorf("%d encodings, want %d", len(want), len(pixelFormats))
	}
}

func TestImagesThatCannotBeSavedAreRefused(t *testing.T) {
	for name, img := range map[string]media.Image{
		"encoding":   {Data: make([]byte, 64), Width: 4, Height: 4, Step: 16, Encoding: "32FC1"},
		"jpeg":       {Data: []byte("\xff\xd8\xff, but no more"), Encoding: media.JPEG},
		"neither":    {Data: []byte("GIF89a"), Encoding: media.JPEG},
		"none":       {Encoding: "mono8"},
		"too large":  {Width: 1 << 20, Height: 1, Step: 1 << 20, Encoding: "mono8"},
		"step":       {Data: make([]byte, 64), Width: 8, Height: 8, Step: 4, Encoding: "mono8"},
		"odd width":  {Data: make([]byte, 64), Width: 3, Height: 4, Step: 6, Encoding: "yuyv"},
		"odd height": {Data: make([]byte, 64), Width: 4, Height: 3, Step: 4, Encoding: "nv12"},
		"png":        {Data: []byte("\x89PNG\r\n\x1a\nno header"), Encoding: media.JPEG},
		"named jpeg": {Data: make([]byte, 64), Width: 8, Height: 8, Step: 8, Encoding: "png"},
	} {
		if _, err := check(&Image{Image: img}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

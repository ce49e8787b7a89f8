package ffmpegtest

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// Inflated writes a video of five JPEG images of 64x64 pixels and returns its path. The
// headers of the second and the fourth image have another size [pixels].
func Inflated(t testing.TB, width, height int) string {
	t.Helper()
	folder := t.TempDir()
	Run(t, "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25", "-frames:v", "5", "-c:v", "mjpeg", "-f", "image2", filepath.Join(folder, "%d.jpg"))
	var video []byte
	for _, name := range []string{"1", "2", "3", "4", "5"} {
		file, err := os.ReadFile(filepath.Join(folder, name+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		if name == "2" || name == "4" {
			// Start of frame: marker, length, bits of a sample, height, width.
			at := bytes.Index(file, []byte{0xff, 0xc0})
			binary.BigEndian.PutUint16(file[at+5:], uint16(height))
			binary.BigEndian.PutUint16(file[at+7:], uint16(width))
			// FFmpeg's decoder refuses a header without two bits of data for each block of 8x8.
			file = append(file, make([]byte, width*height/64/4+1024)...)
		}
		video = append(video, file...)
	}
	plain := filepath.Join(folder, "video.mjpeg")
	if err := os.WriteFile(plain, video, 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "video.avi")
	Run(t, "-f", "mjpeg", "-i", plain, "-c:v", "copy", path)
	return path
}

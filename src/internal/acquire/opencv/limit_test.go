package opencv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
)

// A header of some bytes may ask for gigabytes.
func TestHeadersInsideAVideoTakeNoMemory(t *testing.T) {
	for _, size := range [][2]int{{16000, 16000}, {65500, 3000}, {3000, 65500}, {9460, 9460}} {
		path := ffmpegtest.Inflated(t, size[0], size[1])
		var sizes []string
		peak := leaktest.PeakResident(t, func() {
			source, _ := open(t, Config{Kind: File, Device: path, PixelFormat: "bgr8"})
			err := source.Run(t.Context(), func(image *media.Image) {
				if image.Damage != nil {
					sizes = append(sizes, "refused")
					return
				}
				sizes = append(sizes, fmt.Sprintf("%dx%d", image.Width, image.Height))
			})
			if !errors.Is(err, media.ErrEnd) {
				t.Errorf("%v: %v, want the end of the video", size, err)
			}
			if err := source.Close(); err != nil {
				t.Error(err)
			}
		})
		if fmt.Sprint(sizes) != "[64x64 refused 64x64 refused 64x64]" {
			t.Errorf("%v: images of %v, want the three that are whole", size, sizes)
		}
		if peak > 100<<20 {
			t.Errorf("%v: %d MB were taken", size, peak>>20)
		}
	}
}

func TestAVideoThatIsTooLargeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "video.avi")
	ffmpegtest.Run(t, "-f", "lavfi", "-i", "color=size=16386x16:rate=25", "-frames:v", "2", "-c:v", "mjpeg", path)
	source := New(Config{Kind: File, Device: path, PixelFormat: "bgr8"})
	if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrUnsupported) {
		t.Errorf("%v, want a refusal", err)
	}
}

func TestPicturesOfASequenceAreJudgedOneByOne(t *testing.T) {
	pattern := filepath.Join(t.TempDir(), "picture_%03d.png")
	ffmpegtest.Run(t, "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=25", "-frames:v", "4", "-pix_fmt", "rgb24", pattern)
	second := fmt.Sprintf(pattern, 2)
	picture, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	// Signature, length of IHDR, its name, width, height, ..., checksum of name and body.
	binary.BigEndian.PutUint32(picture[16:], 16000)
	binary.BigEndian.PutUint32(picture[20:], 16000)
	binary.BigEndian.PutUint32(picture[29:], crc32.ChecksumIEEE(picture[12:29]))
	if err := os.WriteFile(second, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	source, format := open(t, Config{Kind: File, Device: pattern, PixelFormat: "bgr8"})
	if format.Width != 64 || format.Height != 48 || format.FrameRate != 25 {
		t.Errorf("%+v, want 64x48 with 25 images/s", format)
	}
	var got []bool
	if err := source.Run(t.Context(), func(image *media.Image) { got = append(got, image.Damage == nil) }); !errors.Is(err, media.ErrEnd) {
		t.Error(err)
	}
	if !slices.Equal(got, []bool{true, false, true, true}) {
		t.Errorf("whole are %v, want all but the second", got)
	}
}

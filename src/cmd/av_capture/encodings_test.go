package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/acquire/v4l2"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
)

// TestRawFormatsHaveANameInROS compares the names that are published with the words of
// sensor_msgs, and with the pixel_format by which people ask for them.
func TestRawFormatsHaveANameInROS(t *testing.T) {
	words := sensorMsgsEncodings(t)
	for _, raw := range uncompressed(t) {
		want := []string{raw.PixelFormat}
		switch raw.PixelFormat { // rviz2 decides which of the two names it is
		case "yuv422_yuy2":
			want = append(want, "yuyv")
		case "uyvy":
			want = append(want, "yuv422")
		}
		name := message.EncodingName(raw.Encoding)
		if !slices.Contains(words, name) {
			t.Errorf("%v (%s) is published as %q, which is no word of sensor_msgs", raw.Code, raw.Encoding, name)
		}
		if !slices.Contains(want, name) {
			t.Errorf("%v (%s) is published as %q, and asked for as %q", raw.Code, raw.Encoding, name, raw.PixelFormat)
		}
	}
}

// TestRawFormatsBecomeJPEGWithTheirColours: grey has one component, by the definition of
// sensor_msgs' words mono… and 16UC1, and all others have three.
func TestRawFormatsBecomeJPEGWithTheirColours(t *testing.T) {
	const width, height, step = 16, 16, 4 * 16
	var encoder imaging.Encoder
	defer encoder.Close()
	for _, raw := range uncompressed(t) {
		img := media.Image{Data: make([]byte, 2*height*step), Width: width, Height: height, Step: step, Encoding: raw.Encoding}
		data, err := encoder.Encode(&img, 90)
		if err != nil {
			t.Errorf("%v (%s): %v", raw.Code, raw.Encoding, err)
			continue
		}
		file, err := jpeg.Check(data, width*height)
		if err != nil {
			t.Errorf("%v (%s): %v", raw.Code, raw.Encoding, err)
			continue
		}
		want := 3
		if strings.HasPrefix(raw.PixelFormat, "mono") || raw.PixelFormat == "16UC1" {
			want = 1
		}
		if file.Components != want {
			t.Errorf("%v (%s): a JPEG with %d components, want %d", raw.Code, raw.Encoding, file.Components, want)
		}
	}
}

// uncompressed returns the raw formats that are no JPEG.
func uncompressed(t *testing.T) []v4l2.RawFormat {
	all := slices.DeleteFunc(slices.Clone(v4l2.RawFormats), func(raw v4l2.RawFormat) bool { return raw.Encoding == media.JPEG || raw.Stream })
	if len(all) == 0 {
		t.Fatal("there are no raw formats")
	}
	return all
}

// sensorMsgsEncodings returns the words that sensor_msgs/image_encodings.hpp defines.
func sensorMsgsEncodings(t *testing.T) []string {
	definition := regexp.MustCompile(`const char \w+\[\]\s*=\s*"([^"]+)";`)
	for prefix := range strings.SplitSeq(os.Getenv("AMENT_PREFIX_PATH"), ":") {
		for _, folder := range []string{"include/sensor_msgs/sensor_msgs", "include/sensor_msgs"} {
			text, err := os.ReadFile(filepath.Join(prefix, folder, "image_encodings.hpp"))
			if err != nil {
				continue
			}
			var words []string
			for _, match := range definition.FindAllStringSubmatch(string(text), -1) {
				words = append(words, match[1])
			}
			return words
		}
	}
	t.Fatal("no prefix in AMENT_PREFIX_PATH has sensor_msgs/image_encodings.hpp")
	return nil
}

package v4l2

import (
	"testing"

	"av_capture/src/internal/media"
)

// uvc holds the formats of a common USB webcam: small raw images at a high rate,
// large ones as JPEG alone.
var uvc = []Format{
	{FourCC: fourCC("MJPG"), Sizes: []Size{{640, 480, []float64{30}}, {1280, 720, []float64{30, 15}}, {1920, 1080, []float64{30}}}},
	{FourCC: yuyv, Sizes: []Size{{640, 480, []float64{30, 15}}, {1280, 720, []float64{10, 5}}}},
}

func TestChooseTakesLeastConversionThatReachesSizeAndRate(t *testing.T) {
	vivid := []Format{{FourCC: fourCC("YU12")}, {FourCC: fourCC("NV12")}, {FourCC: yuyv}, {FourCC: grey}, {FourCC: rgb3}, {FourCC: bgr3}}
	tests := []struct {
		name          string
		formats       []Format
		encoding      string
		width, height int
		rate          float64
		want          string
	}{
		{"raw where it is fast enough", uvc, "bgr8", 640, 480, 30, "YUYV"},
		{"JPEG where raw is too slow", uvc, "bgr8", 1280, 720, 30, "MJPG"},
		{"raw again for a rate that it reaches", uvc, "bgr8", 1280, 720, 10, "YUYV"},
		{"JPEG where raw has not the size", uvc, "rgb8", 1920, 1080, 5, "MJPG"},
		{"raw for a rate that nothing reaches", uvc, "mono8", 640, 480, 120, "YUYV"},
		{"29.97 as good as 30", []Format{
			{FourCC: yuyv, Sizes: []Size{{640, 480, []float64{29.97}}}},
			{FourCC: fourCC("MJPG"), Sizes: []Size{{640, 480, []float64{30}}}},
		}, "bgr8", 640, 480, 30, "YUYV"},
		{"YUYV for the raw encoding, whatever it reaches", uvc, "yuv422_yuy2", 1920, 1080, 30, "YUYV"},
		{"UYVY as it is", []Format{{FourCC: yuyv}, {FourCC: uyvy}, {FourCC: mjpg}}, "uyvy", 640, 480, 30, "UYVY"},
		{"the camera's own JPEG", uvc, media.JPEG, 640, 480, 30, "MJPG"},
		{"JPEG by its other name", []Format{{FourCC: yuyv}, {FourCC: jpeg}}, media.JPEG, 640, 480, 30, "JPEG"},
		{"no size asked for", uvc, "bgr8", 0, 0, 0, "YUYV"},
		{"grey for mono8", vivid, "mono8", 320, 180, 30, "GREY"},
		{"RGB for rgb8", vivid, "rgb8", 320, 180, 30, "RGB3"},
		{"BGR for bgr8", vivid, "bgr8", 320, 180, 30, "BGR3"},
		{"YUYV before NV12 and grey", vivid[:4], "bgr8", 320, 180, 30, "YUYV"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := choose(test.formats, test.encoding, test.width, test.height, test.rate)
			if !ok || got.code.String() != test.want {
				t.Errorf("choose: got %v, %v, want %v", got.code, ok, test.want)
			}
		})
	}
}

func TestChooseRefusesWhatCannotBecomeEncoding(t *testing.T) {
	for encoding, formats := range map[string][]Format{
		"yuv422_yuy2": uvc[:1],
		"uyvy":        uvc,
		media.JPEG:    uvc[1:],
		"bgr8":        {{FourCC: fourCC("H264")}},
		"mono8":       nil,
	} {
		if got, ok := choose(formats, encoding, 640, 480, 30); ok {
			t.Errorf("choose %s: got %v, want none", encoding, got.code)
		}
	}
}

func TestFormatHasSizesOfRange(t *testing.T) {
	f := Format{FourCC: yuyv, Range: &SizeRange{16, 1920, 2, 16, 1080, 4}}
	for size, want := range map[[2]int]bool{
		{640, 480}: true, {16, 16}: true, {1920, 1080}: true,
		{641, 480}: false, {640, 482}: false, {8, 16}: false, {1922, 1080}: false,
	} {
		if got := f.has(size[0], size[1]); got != want {
			t.Errorf("has(%d, %d): got %v, want %v", size[0], size[1], got, want)
		}
	}
}

func TestFormatIsDescribedForPeople(t *testing.T) {
	if got, want := uvc[1].String(), "YUYV 640x480 (30, 15), 1280x720 (10, 5)"; got != want {
		t.Errorf("String: got %q, want %q", got, want)
	}
	if got, want := (Format{FourCC: fourCC("Y16 ")}).String(), "Y16"; got != want {
		t.Errorf("String: got %q, want %q", got, want)
	}
	if got, want := offers(uvc, "yuv422_yuy2"), "YUYV 640x480 (30, 15), 1280x720 (10, 5)"; got != want {
		t.Errorf("offers for yuv422_yuy2: got %q, want %q", got, want)
	}
	alike := []Format{{FourCC: yuyv, Sizes: uvc[1].Sizes}, {FourCC: grey, Sizes: uvc[1].Sizes}, {FourCC: fourCC("MJPG")}}
	if got, want := offers(alike, "bgr8"), "YUYV/GREY 640x480 (30, 15), 1280x720 (10, 5); MJPG"; got != want {
		t.Errorf("offers: got %q, want %q", got, want)
	}
	if got, want := offers(nil, "bgr8"), "nothing that it tells of"; got != want {
		t.Errorf("offers: got %q, want %q", got, want)
	}
}

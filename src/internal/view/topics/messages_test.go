package topics

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/view"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
)

func TestTopicsAreSortedByType(t *testing.T) {
	for _, c := range []struct {
		topic, typ string
		kind       view.Kind
		base       string
	}{
		{"/camera/image_raw", subscriber.ImageType, view.Pictures, "/camera/image_raw"},
		{"/camera/image_raw/compressed", subscriber.CompressedType, view.Pictures, "/camera/image_raw"},
		{"/camera/jpeg", subscriber.CompressedType, "", ""}, // no name of image_transport's
		{"/microphone/audio", subscriber.SoundType, view.Sound, "/microphone/audio"},
		{"/diagnostics", diagnosticsType, view.Diagnostics, "/diagnostics"},
		{"/other", diagnosticsType, "", ""},
		{"/rosout", "rcl_interfaces/msg/Log", "", ""},
	} {
		if kind, base := kindOf(c.topic, []string{c.typ}); kind != c.kind || base != c.base {
			t.Errorf("%s of %s: got %q %q, want %q %q", c.topic, c.typ, kind, base, c.kind, c.base)
		}
	}
}

// The node of a stream does not change with the order of topics and publishers.
func TestStreamsHaveTheNodeOfTheRawTopic(t *testing.T) {
	topics := map[string][]string{
		"/camera/image_raw":            {subscriber.ImageType},
		"/camera/image_raw/compressed": {subscriber.CompressedType},
		"/far/image/compressed":        {subscriber.CompressedType},
		"/far/image":                   {subscriber.ImageType}, // subscribed to alone
		"/diagnostics":                 {diagnosticsType},
		"/rosout":                      {"rcl_interfaces/msg/Log"},
	}
	publishers := map[string][]string{
		"/camera/image_raw":            {"/other", "/camera"},
		"/camera/image_raw/compressed": {"/aaa_republish"},
		"/far/image/compressed":        {"/far"},
		"/diagnostics":                 {"/camera", "/other"},
		"/rosout":                      {"/camera"},
	}
	want := []view.Stream{
		{Topic: "/diagnostics", Kind: view.Diagnostics},
		{Topic: "/camera/image_raw", Kind: view.Pictures, Node: "/camera"},
		{Topic: "/far/image", Kind: view.Pictures, Node: "/far"},
	}
	for range 20 { // maps have another order each time
		got, leftOut, err := streamsOf(topics, func(topic string) ([]string, error) {
			slices.Reverse(publishers[topic])
			return publishers[topic], nil
		})
		if err != nil || leftOut != 0 || !slices.Equal(got, want) {
			t.Fatalf("got %v, %v, want %v", got, err, want)
		}
	}
}

func TestImagesAreLeftOutFirst(t *testing.T) {
	topics := map[string][]string{"/z/audio": {subscriber.SoundType}, "/diagnostics": {diagnosticsType}}
	for i := range maxStreams {
		topics[fmt.Sprintf("/camera%02d/image_raw", i)] = []string{subscriber.ImageType}
	}
	got, leftOut, err := streamsOf(topics, func(string) ([]string, error) { return []string{"/node"}, nil })
	if err != nil || leftOut != 2 || len(got) != maxStreams {
		t.Fatalf("got %d streams, %d left out, %v", len(got), leftOut, err)
	}
	if got[0].Topic != "/diagnostics" || got[1].Topic != "/z/audio" || got[2].Topic != "/camera00/image_raw" {
		t.Fatalf("got %v first", got[:3])
	}
}

func imageMessage(width, height, step uint32, encoding string, size int) *sensor_msgs_msg.Image {
	return &sensor_msgs_msg.Image{Width: width, Height: height, Step: step, Encoding: encoding, Data: make([]byte, size)}
}

func TestImagesOfMessages(t *testing.T) {
	got, err := imageOf(imageMessage(4, 2, 16, "yuyv", 40)) // with padding, and more than there should be
	if err != nil || got.Encoding != "yuv422_yuy2" || len(got.Data) != 32 || got.Step != 16 {
		t.Fatalf("got %+v, %v", got, err)
	}
}

// Messages are anybody's: what a converter would read beyond the data is refused.
func TestInvalidImagesAreRefused(t *testing.T) {
	big := imageMessage(4, 2, 8, "mono16", 16)
	big.IsBigendian = 1
	for _, c := range []struct {
		message *sensor_msgs_msg.Image
		want    string
	}{
		{imageMessage(4, 2, 12, "bgr8", 23), "an image is invalid: 4x2 bgr8, step 12, 23 bytes of data"},
		{imageMessage(4, 2, 11, "bgr8", 24), "step 11"},
		{imageMessage(4, 2, 0, "mono8", 8), "step 0"},
		{imageMessage(4, 2, 1<<31, "mono8", 8), "step 2147483648"},
		{imageMessage(0, 2, 12, "bgr8", 24), "0x2"},
		{imageMessage(4, 0, 12, "bgr8", 0), "4x0"},
		{imageMessage(1<<31, 1<<31, 1<<31, "mono8", 8), "possible"},
		{imageMessage(16384, 16384, 16384, "mono8", 8), "possible"},
		{imageMessage(4, 2, 16, "32FC1", 32), `its encoding is "32FC1", which cannot be shown`},
		{imageMessage(4, 2, 16, strings.Repeat("x", 1000), 32), strings.Repeat("x", 40) + `", which`},
		{big, "most significant byte first"},
	} {
		if _, err := imageOf(c.message); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%dx%d %.10s: got %v, want %q", c.message.Width, c.message.Height, c.message.Encoding, err, c.want)
		}
	}
}

func FuzzImageOf(f *testing.F) {
	f.Add(uint32(4), uint32(2), uint32(12), "bgr8", []byte("012345678901234567890123"))
	f.Add(uint32(1<<31), uint32(2), uint32(0), "mono8", []byte("0"))
	f.Fuzz(func(t *testing.T, width, height, step uint32, encoding string, data []byte) {
		img, err := imageOf(&sensor_msgs_msg.Image{Width: width, Height: height, Step: step, Encoding: encoding, Data: data})
		if err != nil {
			return
		}
		// All that a converter reads is there.
		if len(img.Data) != img.Step*img.Height || img.Step < img.Width*encodings[encoding].size || len(img.Data) > len(data) {
			t.Fatalf("got %dx%d, step %d, %d bytes of %d", img.Width, img.Height, img.Step, len(img.Data), len(data))
		}
	})
}

func TestOnlyFilesThatBrowsersShowAreKnown(t *testing.T) {
	for file, want := range map[string]string{
		"\xff\xd8\xff\xe0":  "image/jpeg",
		"\x89PNG\r\n\x1a\n": "image/png",
		"<svg onload=x>":    "",
		"\xff\xd8":          "",
		"":                  "",
	} {
		if got := mediaType([]byte(file)); got != want {
			t.Errorf("%q: got %q, want %q", file, got, want)
		}
	}
}

// encoded returns a grey image as a file.
func encoded(t *testing.T, format string, width, height int) []byte {
	t.Helper()
	var file bytes.Buffer
	var err error
	img := image.NewGray(image.Rect(0, 0, width, height))
	if format == "png" {
		err = png.Encode(&file, img)
	} else {
		err = jpeg.Encode(&file, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestFilesOfImagesAreChecked(t *testing.T) {
	// Sizes are changed in the header alone: bytes 16 to 23 of PNG, the 5th byte on after the
	// marker SOF0 of JPEG.
	hugePNG := encoded(t, "png", 4, 2)
	copy(hugePNG[16:], "\x00\x00\x3e\x80\x00\x00\x3e\x80")
	binary.BigEndian.PutUint32(hugePNG[29:], crc32.ChecksumIEEE(hugePNG[12:29]))
	hugeJPEG := encoded(t, "jpeg", 4, 2)
	at := bytes.Index(hugeJPEG, []byte("\xff\xc0"))
	copy(hugeJPEG[at+5:], "\x3e\x80\x3e\x80")
	short := encoded(t, "jpeg", 64, 64)
	for name, c := range map[string]struct {
		file       []byte
		kind, want string
	}{
		"PNG":             {encoded(t, "png", 4, 2), "image/png", ""},
		"JPEG":            {encoded(t, "jpeg", 4, 2), "image/jpeg", ""},
		"a size of PNG":   {hugePNG, "", "16000x16000"},
		"a size of JPEG":  {hugeJPEG, "", "16000x16000"},
		"wide PNG":        {encoded(t, "png", 16385, 1), "", "images of 16385x1"},
		"wide JPEG":       {encoded(t, "jpeg", 16385, 1), "", "images of 16385x1"},
		"a part of PNG":   {encoded(t, "png", 4, 2)[:20], "", "cannot be shown"},
		"a part of JPEG":  {short[:len(short)/2], "", "cannot be shown"},
		"bytes":           {append(encoded(t, "png", 4, 2), make([]byte, maxFile)...), "", "bytes, at most"},
		"another picture": {[]byte("<svg>"), "", `its format is "svg"`},
	} {
		kind, err := checkFile(&sensor_msgs_msg.CompressedImage{Format: "svg", Data: c.file})
		if kind != c.kind || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %q, %v, want %q, %q", name, kind, err, c.kind, c.want)
		}
	}
}

func TestStatusesAreShortened(t *testing.T) {
	status := &diagnostic_msgs_msg.DiagnosticStatus{
		Name: "camera: capture", Level: 2, Message: strings.Repeat("m", 2*maxText),
		Values: make([]diagnostic_msgs_msg.KeyValue, 2*maxValues),
	}
	got := statusOf(status, time.UnixMilli(1234))
	if got.Arrived != 1234 || got.Name != status.Name || got.Level != 2 || len(got.Message) != maxText || len(got.Values) != maxValues {
		t.Fatalf("got %d bytes and %d values", len(got.Message), len(got.Values))
	}
}

package encoders

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestEncodersAreFoundInFFmpegsList(t *testing.T) {
	list := `Encoders:
 V..... = Video
 A..... = Audio
 ------
 V....D libx264              libx264 H.264 (codec h264)
 V..... h264_vaapi           H.264/AVC (VAAPI) (codec h264)
 A....D flac                 FLAC
`
	tool := &FFmpeg{}
	tool.encoders, tool.codecs = parseEncoders(list)
	if got := fmt.Sprint(tool.encoders); got != "map[flac:65 h264_vaapi:86 libx264:86]" {
		t.Error(got)
	}
	if got := fmt.Sprint(tool.codecs); got != "map[flac:flac h264_vaapi:h264 libx264:h264]" {
		t.Error(got)
	}
	for name, want := range map[string]string{"h264": "libx264", "h264_vaapi": "h264_vaapi", "libx264": "libx264"} {
		if got, err := tool.Find(name, Video); err != nil || got != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for _, name := range []string{"hevc", "flac", "=", ""} {
		if got, err := tool.Find(name, Video); err == nil || !strings.Contains(err.Error(), "h264") {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if got := Device("h264_vaapi", "/dev/dri/renderD129"); !slices.Equal(got, []string{"-init_hw_device", "vaapi=hw:/dev/dri/renderD129", "-filter_hw_device", "hw"}) {
		t.Error(got)
	}
	if got := Filters("h264_vaapi", 640, 480); !strings.HasSuffix(got, "format=nv12,setparams=colorspace=smpte170m:range=tv,hwupload") {
		t.Error(got)
	}
	for _, name := range []string{"libvpx", "libvpx-vp9", "libaom-av1"} {
		if got := Filters(name, 640, 480); !strings.HasSuffix(got, ",setpts=PTS") {
			t.Errorf("%s: %q: ffmpeg 7 gives it images of no length", name, got)
		}
	}
	if got := Filters("libx264", 641, 480); !strings.HasPrefix(got, "pad=") {
		t.Error(got)
	}
}

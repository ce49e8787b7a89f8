package encoders

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestEncodersHaveTheOptionsThatTheyAreGiven compares with the help of this machine's ffmpeg,
// which knows encoders of hardware that is not there.
func TestEncodersHaveTheOptionsThatTheyAreGiven(t *testing.T) {
	tool, err := Inspect(t.Context(), "ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for name, encoder := range liveEncoders {
		if tool.encoders[name] != Video {
			continue
		}
		checked++
		help, err := exec.Command("ffmpeg", "-hide_banner", "-h", "encoder="+name).Output()
		if err != nil {
			t.Fatal(err)
		}
		options := slices.Clone(encoder.options)
		if encoder.preset != "" {
			options = append(options, "-preset", encoder.preset)
		}
		for i := 0; i < len(options); i += 2 {
			_, about, ok := strings.Cut(string(help), "\n  "+options[i]+" ")
			if !ok {
				t.Errorf("%s has no option %s", name, options[i])
				continue
			}
			// The values of an enumeration follow it.
			about, _, _ = strings.Cut(about, "\n  -")
			if strings.Contains(about, "<int>") && strings.Contains(about, "\n     ") && options[i+1] != "1" && options[i+1] != "0" &&
				!strings.Contains(about, "\n     "+options[i+1]+" ") {
				t.Errorf("%s has no value %s of %s", name, options[i+1], options[i])
			}
		}
	}
	if checked < 2 {
		t.Errorf("%d encoders were checked", checked)
	}
}

func TestLiveEncodersAreFoundByCodecAndName(t *testing.T) {
	list := "------\n V..... mjpeg MJPEG\n V..... h264_v4l2m2m x (codec h264)\n V..... h264_omx x (codec h264)\n V..... libx265 x (codec hevc)\n"
	tool := &FFmpeg{}
	tool.encoders, tool.codecs = parseEncoders(list)
	for name, want := range map[string]string{"h264": "h264_v4l2m2m h264", "h264_omx": "h264_omx h264", "hevc": "libx265 hevc", "libx265": "libx265 hevc"} {
		if encoder, codec, err := tool.FindLive(name); err != nil || encoder+" "+codec != want {
			t.Errorf("%s: %s %s, %v, want %s", name, encoder, codec, err, want)
		}
	}
	for _, name := range []string{"mjpeg", "libx264", "", "-y"} {
		if encoder, _, err := tool.FindLive(name); err == nil || !strings.Contains(err.Error(), "it has h264_omx, h264_v4l2m2m, libx265") {
			t.Errorf("%s: %s, %v", name, encoder, err)
		}
	}
	if _, _, err := (&FFmpeg{}).FindLive("h264"); err == nil || !strings.Contains(err.Error(), "apt install ffmpeg") {
		t.Error(err)
	}
}

func TestArgumentsOfHardware(t *testing.T) {
	l := Live{Encoder: "h264_vaapi", Device: "/dev/dri/renderD128", Width: 641, Height: 480, BitRate: 1e6, KeyFrames: 10}
	input, output := l.Arguments()
	if want := []string{"-init_hw_device", "vaapi=hw:/dev/dri/renderD128", "-filter_hw_device", "hw"}; !slices.Equal(input, want) {
		t.Error(input)
	}
	text := strings.Join(output, " ")
	for _, want := range []string{
		"-c:v h264_vaapi -async_depth 1 ", " -b:v 1000000 -maxrate 1000000 -bufsize 1000000 ", " -g 10 ", " -bf 0 ",
		" pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=", "format=nv12,", ",hwupload ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	_, output = Live{Encoder: "libkvazaar", Width: 641, Height: 480}.Arguments()
	if text := strings.Join(output, " "); !strings.Contains(text, " pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=smpte170m:out_range=tv,format=yuv420p|nv12,") {
		t.Errorf("an encoder that is not known: %s", text)
	}
	_, output = Live{Encoder: "h264_v4l2m2m", Width: 640, Height: 480, Grey: true}.Arguments()
	if text := strings.Join(output, " "); !strings.Contains(text, "range=pc,format=nv12|yuv420p,setparams=colorspace=smpte170m:range=pc") || strings.Contains(text, "preset") {
		t.Error(text)
	}
}

func TestPresetsAreChecked(t *testing.T) {
	for _, c := range []struct {
		encoder, preset string
		ok              bool
	}{{"libx264", "", true}, {"libx264", "veryfast", true}, {"h264_omx", "fast", true}, {"h264_vaapi", "fast", false}, {"libx264", "-y", false}, {"libx264", "a b", false}} {
		if err := CheckPreset(c.encoder, c.preset); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

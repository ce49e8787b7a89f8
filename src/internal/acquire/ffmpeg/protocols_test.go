package ffmpeg

import (
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
)

func TestAServerNamesNoFilesOfThisMachine(t *testing.T) {
	url, path := ffmpegtest.Playlist(t)
	for name, protocols := range map[string]string{url: "tcp,file", path: "file"} {
		ffmpegtest.Run(t, "-protocol_whitelist", protocols, "-i", name, "-f", "null", "-") // it is a playlist
		source := New(Config{Device: name, PixelFormat: "bgr8"})
		if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrUnsupported) {
			t.Errorf("%s: got %v, want the file that it names not to be opened", name, err)
		}
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestANameIsNoOptionAndNoProtocol(t *testing.T) {
	for device, want := range map[string]string{
		"rtsp://camera/live": "-protocol_whitelist rtp,srtp,udp,tcp,tls,http,https,httpproxy -i rtsp://camera/live",
		"http://camera/":     "-max_redirects 0 -protocol_whitelist http,https,tcp,tls,httpproxy,crypto,data -i http://camera/",
		"-y":                 "-protocol_whitelist file -format_whitelist " + inputurl.Formats + " -i file:-y",
		"concat:a|b":         "-protocol_whitelist file -format_whitelist " + inputurl.Formats + " -i file:concat:a|b",
		"file:///video.mkv":  "-protocol_whitelist file -format_whitelist " + inputurl.Formats + " -i file:/video.mkv",
	} {
		config := Config{
			Device: device, PixelFormat: "bgr8",
			Locate: func(name string) (string, bool, error) { return name, false, nil },
		}
		in, err := config.resolve()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(in.args, " "); got != want {
			t.Errorf("%q: got %s, want %s", device, got, want)
		}
	}
}

func TestAServerSendsUsToNoOtherHost(t *testing.T) {
	url, asked := ffmpegtest.Redirect(t)
	source := New(Config{Device: url, PixelFormat: "bgr8"})
	if _, err := source.Open(t.Context()); err == nil {
		t.Error("it was opened")
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	if asked() {
		t.Error("the other server was asked")
	}
}

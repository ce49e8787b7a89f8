package ffmpeg

import (
	"strings"
	"testing"

	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/inputurl"
)

func TestAServerNamesNoFilesOfThisMachine(t *testing.T) {
	url, path := ffmpegtest.Playlist(t)
	source := New(Config{Device: url, PixelFormat: "bgr8"})
	if _, err := source.Open(t.Context()); err == nil {
		t.Error("a file that a server names was opened")
		source.Close()
	} else if !strings.Contains(err.Error(), "not on whitelist") {
		t.Errorf("got %v, want ffmpeg to say that it is not on the whitelist", err)
	}
	// Nor does a list that is a file.
	source = New(Config{Device: path, PixelFormat: "bgr8"})
	if _, err := source.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "hitelist") {
		t.Errorf("got %v, want the list not to be opened", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
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

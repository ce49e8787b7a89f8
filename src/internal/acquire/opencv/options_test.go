package opencv

import (
	"errors"
	"os"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
)

func TestAServerNamesNoFilesOfThisMachine(t *testing.T) {
	url, path := ffmpegtest.Playlist(t)
	source := New(Config{Kind: File, Device: url, PixelFormat: "bgr8"})
	if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrAbsent) {
		t.Errorf("got %v, want ErrAbsent for a file that a server names", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	// Nor does a list that is a file.
	source = New(Config{Kind: File, Device: path, PixelFormat: "bgr8"})
	if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrUnsupported) {
		t.Errorf("got %v, want the list not to be opened", err)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNotAllowedIsNotOpened(t *testing.T) {
	path, _ := record(t, 64, 48, 3, 30)
	refused := errors.New("not allowed")
	allow := refused
	source := acquire.Check(New(Config{Kind: File, Device: "name", PixelFormat: "bgr8", Loop: true, Locate: func(name string) (string, error) {
		if name != "name" {
			t.Errorf("got %q, want the name", name)
		}
		return path, allow
	}}))
	if _, err := source.Open(t.Context()); !errors.Is(err, refused) {
		t.Errorf("got %v, want %v", err, refused)
	}
	allow = nil
	if _, err := source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	// It is judged anew when it begins again.
	images := 0
	err := source.Run(t.Context(), func(*media.Image) {
		images++
		allow = refused
	})
	if !errors.Is(err, refused) || images != 3 {
		t.Errorf("got %v after %d images, want %v after 3", err, images, refused)
	}
}

func TestOpeningsWithOtherProtocolsWaitForEachOther(t *testing.T) {
	t.Setenv(variable, "")
	o := newOptions("")
	variableIs := func(want string) {
		t.Helper()
		if got := os.Getenv(variable); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	variableIs("rtsp_flags;prefer_tcp|protocol_whitelist;file|format_whitelist;" + inputurl.Formats)
	var ends []func()
	for _, url := range []string{"rtsp://a/", "http://b/", "udp://c:1"} { // none waits
		end, err := o.begin(url)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	variableIs("rtsp_flags;prefer_tcp|protocol_whitelist;" + inputurl.NetworkProtocols + "|max_redirects;0")
	opened := make(chan error)
	go func() {
		end, err := o.begin("video.mkv")
		if err == nil {
			variableIs("rtsp_flags;prefer_tcp|protocol_whitelist;file|format_whitelist;" + inputurl.Formats)
			end()
		}
		opened <- err
	}()
	for _, end := range ends {
		select {
		case err := <-opened:
			t.Errorf("a file was opened beside a network: %v", err)
		default:
		}
		end()
	}
	if err := <-opened; err != nil {
		t.Error(err)
	}
	newOptions("protocol_whitelist;file,http")
	variableIs("rtsp_flags;prefer_tcp|protocol_whitelist;file|format_whitelist;" + inputurl.Formats) // left alone
}

func TestAServerSendsUsToNoOtherHost(t *testing.T) {
	url, asked := ffmpegtest.Redirect(t)
	source := New(Config{Kind: File, Device: url, PixelFormat: "bgr8"})
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

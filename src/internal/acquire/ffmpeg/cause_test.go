package ffmpeg

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/media"
)

var record = flag.Bool("record", false, "write what the installed ffmpeg says into testdata/refusals")

// refusalCases are inputs that ffmpeg does not take. FOLDER has text.txt, tone.wav and video.mkv,
// SERVER has nothing.
var refusalCases = []struct {
	args   string
	format string // bgr8 if it is empty
	cause  error
}{
	{"-i /nowhere/video.mkv", "", media.ErrAbsent},
	{"-f v4l2 -i /dev/video77", "", media.ErrAbsent},
	{"-f v4l2 -i /dev/null", "", media.ErrUnsupported},
	{"-i rtsp://127.0.0.1:9/live", "", media.ErrAbsent},
	{"-i http://127.0.0.1:9/live", "", media.ErrAbsent},
	{"-i SERVER/none", "", media.ErrAbsent},
	{"-i FOLDER/text.txt", "", media.ErrUnsupported},
	{"-i FOLDER/tone.wav", "", media.ErrMisconfigured}, // it has no video
	{"-format_whitelist matroska -i FOLDER/tone.wav", "", media.ErrUnsupported},
	{"-f nosuch -i FOLDER/video.mkv", "", media.ErrMisconfigured},
	{"-bogus 1 -i FOLDER/video.mkv", "", media.ErrMisconfigured},
	{"-i nosuch://x/live", "", media.ErrUnsupported},
	{"-f lavfi -i nosuch", "", media.ErrMisconfigured},
	{"-f lavfi -i testsrc2=bogus=1", "", media.ErrMisconfigured},
	{"-f lavfi -i testsrc2=size=bogus", "", media.ErrMisconfigured},
	{"-f lavfi -i testsrc2[", "", media.ErrMisconfigured},
	{"-f lavfi -i sine", "", media.ErrMisconfigured},
	{"-t 0.1 -f lavfi -i testsrc2", media.JPEG, media.ErrUnsupported},
}

// TestRefusalsOfAllVersionsAreJudged runs the installed ffmpeg and reads what others have said.
func TestRefusalsOfAllVersionsAreJudged(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "text.txt"), []byte("no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	ffmpegtest.Run(t, "-f", "lavfi", "-i", "sine", "-t", "0.1", filepath.Join(folder, "tone.wav"))
	ffmpegtest.Run(t, append(pattern, "-frames:v", "1", "-c:v", "ffv1", filepath.Join(folder, "video.mkv"))...)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	here := strings.NewReplacer("FOLDER", folder, "SERVER", server.URL)
	anywhere := strings.NewReplacer(folder, "FOLDER", server.URL, "SERVER", server.Listener.Addr().String(), "SERVER")

	var told bytes.Buffer
	for _, c := range refusalCases {
		config := Config{Args: strings.Fields(here.Replace(c.args)), PixelFormat: max(c.format, "bgr8")}
		command := exec.Command("ffmpeg", config.arguments(input{args: config.Args})...)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		_ = command.Run() // the status tells
		fmt.Fprintf(&told, "--- %s\n%sstatus %d\n", c.args, anywhere.Replace(regexp.MustCompile(` @ 0x[0-9a-f]+\]`).ReplaceAllString(stderr.String(), "]")), command.ProcessState.ExitCode())
	}
	version, err := exec.Command("ffmpeg", "-version").Output()
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`^ffmpeg version n?(\d+\.\d+)`).FindSubmatch(version)
	if *record {
		if err := os.WriteFile(filepath.Join("testdata/refusals", string(number[1])+".txt"), told.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	judge(t, "the installed ffmpeg", told.Bytes())
	files, err := filepath.Glob("testdata/refusals/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		judge(t, file, content)
	}
}

// judge reads the words of one version.
func judge(t *testing.T, version string, told []byte) {
	t.Helper()
	lines := bufio.NewScanner(bytes.NewReader(told))
	for _, c := range refusalCases {
		if !lines.Scan() || lines.Text() != "--- "+c.args {
			t.Fatalf("%s: got %q, want %q", version, lines.Text(), c.args)
		}
		log := ffmpegprocess.NewLog(nil)
		status := ""
		for lines.Scan() {
			var ended bool
			if status, ended = strings.CutPrefix(lines.Text(), "status "); ended {
				break
			}
			log.Add(lines.Text())
		}
		number, err := strconv.Atoi(status)
		if err != nil {
			t.Fatalf("%s: %s: %v", version, c.args, err)
		}
		in, err := Config{Args: strings.Fields(strings.ReplaceAll(c.args, "SERVER", "http://127.0.0.1"))}.resolve()
		if err != nil {
			t.Fatal(err)
		}
		if c.format == media.JPEG && number == 0 {
			continue // ffmpeg passes on whatever it is, and the first image tells
		}
		got := refusal{log.Refusal(number), in}
		if c.format == media.JPEG && !got.OfOutput() {
			t.Errorf("%s: %s: not known to be of the output: %q", version, c.args, got.Errors)
		}
		if cause := got.cause(); c.format != media.JPEG && !errors.Is(cause, c.cause) {
			t.Errorf("%s: %s: status %d, %q: got %v, want %v", version, c.args, number, got.Errors, cause, c.cause)
		}
	}
	if lines.Scan() {
		t.Errorf("%s: %q more", version, lines.Text())
	}
}

func TestRefusalsThatNoMachineShowsAreJudged(t *testing.T) {
	stream := input{remote: true}
	for _, c := range []struct {
		refusal refusal
		cause   error
	}{
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 251}, in: stream}, media.ErrAbsent}, // a name that is not resolved
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 1, Errors: []string{"http://nosuch/live: Input/output error"}}, in: stream}, media.ErrAbsent},
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 251}}, nil},
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 1, Errors: []string{"/dev/video0: Device or resource busy"}}}, media.ErrBusy},
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 8, Errors: []string{"[in#0] Error opening input: Server returned 5XX Server Error reply"}}, in: stream}, media.ErrAbsent},
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 8, Errors: []string{"in words of another version"}}, in: stream}, media.ErrUnsupported}, // tried again
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 69}}, media.ErrUnsupported},
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 0}}, nil},
		{refusal{Refusal: ffmpegprocess.Refusal{Status: -1}}, nil}, // killed
		{refusal{Refusal: ffmpegprocess.Refusal{Status: 1}}, nil},
	} {
		if got := c.refusal.cause(); !errors.Is(got, c.cause) {
			t.Errorf("%+v: got %v, want %v", c.refusal, got, c.cause)
		}
	}
}

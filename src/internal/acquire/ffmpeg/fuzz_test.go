package ffmpeg

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzStderrLog checks that the messages that are kept and passed on are bounded, and have no
// password that is hidden.
func FuzzStderrLog(f *testing.F) {
	f.Add([]byte("[v4l2 @ 0x55d0c8aa] [warning] dropped\n\nfirst [error] rtsp://a:secret@c: gone\n"))
	f.Add([]byte(strings.Repeat("x", 1000) + "\n[fatal] y"))
	f.Add([]byte("[error] " + strings.Repeat("y", 490) + "rtsp://a:secret@c\n"))
	f.Add([]byte("\r[info] \x00\xff[error] [error] \n @ 0x0]\n"))
	f.Add([]byte(strings.Repeat("[error] a\n[error] b\n", 100)))
	f.Fuzz(func(t *testing.T, words []byte) {
		var told notices
		s := newStderrLog(told.add)
		s.hide([]string{"-i", "rtsp://a:secret@c"})
		s.speak()
		s.listen(bytes.NewReader(words))
		all := told.all()
		if len(all) > distinctLimit || strings.Count(s.why(), "; ") > lastLines*lineLimit || len(s.why()) > 3*lastLines*lineLimit {
			t.Fatalf("%d messages, %q", len(all), s.why())
		}
		for _, line := range append(all, s.why()) {
			// A line's end that is cut off may cut the address.
			if strings.Contains(line, "rtsp://a:secret@c") || strings.Contains(line, "\n") {
				t.Fatalf("told %q", line)
			}
		}
		// It is the same however the pipe hands it over.
		var slowly notices
		s = newStderrLog(slowly.add)
		s.hide([]string{"-i", "rtsp://a:secret@c"})
		s.speak()
		s.listen(iotest.OneByteReader(bytes.NewReader(words)))
		if got, want := strings.Join(slowly.all(), "\n"), strings.Join(all, "\n"); got != want {
			t.Fatalf("byte by byte %q, at once %q", got, want)
		}
	})
}

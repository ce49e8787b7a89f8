package ffmpegprocess

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzLog checks that the messages that are kept and passed on are bounded, and have no
// password that is hidden.
func FuzzLog(f *testing.F) {
	f.Add([]byte("[v4l2 @ 0x55d0c8aa] [warning] dropped\n\nfirst [error] rtsp://a:secret@c: gone\n"))
	f.Add([]byte(strings.Repeat("x", 1000) + "\n[fatal] y"))
	f.Add([]byte("[error] " + strings.Repeat("y", 490) + "rtsp://a:secret@c\n"))
	f.Add([]byte("\r[info] \x00\xff[error] [error] \n @ 0x0]\n"))
	f.Add([]byte(strings.Repeat("[error] a\n[error] b\n", 100)))
	f.Fuzz(func(t *testing.T, words []byte) {
		var told notices
		s := NewLog(told.add)
		s.Hide([]string{"-i", "rtsp://a:secret@c"})
		s.Speak()
		s.listen(bytes.NewReader(words))
		all := told.all()
		if len(all) > distinctLimit || strings.Count(s.Why(), "; ") > lastLines*lineLimit || len(s.Why()) > 3*lastLines*lineLimit {
			t.Fatalf("%d messages, %q", len(all), s.Why())
		}
		for _, line := range append(all, s.Why()) {
			// A line's end that is cut off may cut the address.
			if strings.Contains(line, "rtsp://a:secret@c") || strings.Contains(line, "\n") {
				t.Fatalf("told %q", line)
			}
		}
		// It is the same however the pipe hands it over.
		var slowly notices
		s = NewLog(slowly.add)
		s.Hide([]string{"-i", "rtsp://a:secret@c"})
		s.Speak()
		s.listen(iotest.OneByteReader(bytes.NewReader(words)))
		if got, want := strings.Join(slowly.all(), "\n"), strings.Join(all, "\n"); got != want {
			t.Fatalf("byte by byte %q, at once %q", got, want)
		}
	})
}

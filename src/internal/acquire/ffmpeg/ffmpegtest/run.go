// Package ffmpegtest has ffmpeg make what the tests of several packages read.
package ffmpegtest

import (
	"bytes"
	"os/exec"
	"testing"
)

// Run runs ffmpeg and returns what it writes to its standard output. Where ffmpeg
// fails the test does, with ffmpeg's own words.
func Run(t testing.TB, args ...string) []byte {
	t.Helper()
	command := exec.Command("ffmpeg", append([]string{"-nostdin", "-v", "error"}, args...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, stderr.String())
	}
	return out
}

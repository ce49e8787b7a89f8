// Package ffmpegtest makes inputs for the tests of several packages, by ffmpeg.
package ffmpegtest

import (
	"bytes"
	"os/exec"
	"testing"
)

// Run runs ffmpeg and returns its standard output. If ffmpeg fails, the test does, with
// ffmpeg's messages.
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

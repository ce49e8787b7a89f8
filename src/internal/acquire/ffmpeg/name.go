package ffmpeg

import (
	"fmt"
	"os"

	"av_capture/src/internal/media"
	"av_capture/src/internal/regularfile"
)

// isFile reports whether a name leads to a file rather than a device.
func isFile(name string) bool { return regularfile.Check(name) == nil }

// checkDevice refuses everything but devices, such as a FIFO, for which ffmpeg would wait.
func checkDevice(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeCharDevice == 0 {
		return fmt.Errorf("%s is neither a file nor a device (%v): %w", path, info.Mode(), media.ErrUnsupported)
	}
	return nil // an absent one is ffmpeg's to report
}

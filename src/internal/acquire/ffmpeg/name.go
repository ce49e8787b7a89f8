package ffmpeg

import "os"

// isFile says whether a name is that of a file with content, and no device.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

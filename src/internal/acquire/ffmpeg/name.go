package ffmpeg

import (
	"net/url"
	"os"

	"av_capture/src/internal/acquire/film"
)

// redacted returns the name of an input without the password that a URL may
// hold: it is for logs.
func redacted(name string) string {
	if !film.IsURL(name) {
		return name
	}
	address, err := url.Parse(name)
	if err != nil {
		return "a URL that cannot be read"
	}
	return address.Redacted()
}

// isFile says whether a name is that of a file with content, and no device.
func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

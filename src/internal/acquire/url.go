package acquire

import (
	"net/url"
	"strings"
)

// IsURL says whether the name of an input is one, as in "rtsp://camera/live".
func IsURL(name string) bool {
	scheme, _, found := strings.Cut(name, "://")
	return found && scheme != "" && !strings.ContainsAny(scheme, "/.")
}

// Redacted returns the name of an input without the password that a URL may
// hold: it is for logs.
func Redacted(name string) string {
	if !IsURL(name) {
		return name
	}
	address, err := url.Parse(name)
	if err != nil {
		return "a URL that cannot be read"
	}
	return address.Redacted()
}

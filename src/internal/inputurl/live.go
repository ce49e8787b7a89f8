package inputurl

import "strings"

// IsLive reports whether a URL's server sends in real time.
func IsLive(name string) bool {
	scheme, _, _ := strings.Cut(name, "://")
	switch strings.ToLower(scheme) {
	case "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "udp", "tcp", "srt", "mms", "mmsh":
		return IsURL(name)
	}
	return false
}

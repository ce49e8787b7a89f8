package film

import "strings"

// IsURL says whether a name is one, as in "rtsp://camera/live".
func IsURL(name string) bool {
	scheme, _, found := strings.Cut(name, "://")
	return found && scheme != "" && !strings.ContainsAny(scheme, "/.")
}

// IsLive says whether a URL's server sets the pace.
func IsLive(name string) bool {
	scheme, _, _ := strings.Cut(name, "://")
	switch strings.ToLower(scheme) {
	case "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "udp", "tcp", "srt", "mms", "mmsh":
		return IsURL(name)
	}
	return false
}

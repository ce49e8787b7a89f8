package film

import (
	"strings"

	"av_capture/src/internal/acquire"
)

// IsLive says whether a URL's server sets the pace.
func IsLive(name string) bool {
	scheme, _, _ := strings.Cut(name, "://")
	switch strings.ToLower(scheme) {
	case "rtsp", "rtsps", "rtmp", "rtmps", "rtp", "udp", "tcp", "srt", "mms", "mmsh":
		return acquire.IsURL(name)
	}
	return false
}

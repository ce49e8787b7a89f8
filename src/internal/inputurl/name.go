package inputurl

import (
	"regexp"
	"strings"

	"av_capture/src/internal/access"
)

var scheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*)://`)

// schemeOf returns the scheme of a URL in lower case, "" for a path.
func schemeOf(name string) string {
	if parts := scheme.FindStringSubmatch(name); parts != nil {
		return strings.ToLower(parts[1])
	}
	return ""
}

// IsURL reports whether the name of an input is a URL of a network, as in
// "rtsp://camera/live".
func IsURL(name string) bool {
	s := schemeOf(name)
	return s != "" && s != "file"
}

// IsHTTP reports whether a name is a URL of HTTP, whose servers may redirect.
func IsHTTP(name string) bool {
	s := schemeOf(name)
	return s == "http" || s == "https"
}

// LocalPath returns the path of a name, which may have FFmpeg's prefix "file:".
func LocalPath(name string) string {
	const prefix = "file:"
	if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return name
	}
	return strings.TrimPrefix(name[len(prefix):], "//")
}

// Redacted returns the name of an input without its password, for logs.
func Redacted(name string) string { return access.MaskedValue(name) }

// Protocols returns the protocols that FFmpeg may use to read an input, as its
// protocol_whitelist: a playlist from a network, say, must not lead to files.
func Protocols(name string) string {
	switch s := schemeOf(name); s {
	case "", "file":
		return "file"
	case "http", "https":
		return "http,https,tcp,tls,httpproxy,crypto,data"
	case "rtsp", "rtsps":
		return "rtp,srtp,udp,tcp,tls,http,https,httpproxy"
	case "rtmp", "rtmps", "rtmpt", "rtmpts", "rtmpe", "rtmpte":
		return "rtmp,rtmps,rtmpt,rtmpts,rtmpe,rtmpte,ffrtmphttp,ffrtmpcrypt,http,https,tcp,tls,httpproxy"
	case "mms", "mmsh", "mmst":
		return "mmsh,mmst,http,tcp,tls,httpproxy"
	case "rtp":
		return "rtp,srtp,udp,tcp"
	default:
		return s + ",udp,tcp,tls"
	}
}

// NetworkProtocols is Protocols for all URLs together.
const NetworkProtocols = "http,https,httpproxy,crypto,data,tcp,tls,udp,rtp,srtp,rtmp,rtmps,rtmpt,rtmpts,rtmpe,rtmpte,ffrtmphttp,ffrtmpcrypt,mmsh,mmst,srt,rist,ftp,sftp,gopher"

// Formats lists FFmpeg's demuxers of files that hold their own data, as its format_whitelist
// for local files. Others, concat and sdp say, lead to other files, whatever the file's
// name.
const Formats = "matroska,mov,avi,mpegts,mpegtsraw,mpeg,mpegvideo,mpjpeg,mjpeg,mjpeg_2000,ingenient,image2," +
	"flv,live_flv,kux,ogg,nut,asf,asf_o,gif,apng,h261,h263,h264,hevc,vvc,m4v,vc1,vc1test,av1," +
	"obu,ivf,dv,dirac,cavsvideo,avs2,avs3,mxf,gxf,yuv4mpegpipe,wtv,rm,swf,nsv,nuv,pva,smjpeg," +
	"avr,flic,wav,mp3,flac,bmp_pipe,cri_pipe,dds_pipe,dpx_pipe,exr_pipe,gem_pipe,gif_pipe," +
	"j2k_pipe,jpeg_pipe,jpegls_pipe,jpegxl_pipe,pam_pipe,pbm_pipe,pcx_pipe,pfm_pipe,pgm_pipe," +
	"pgmyuv_pipe,pgx_pipe,phm_pipe,photocd_pipe,pictor_pipe,png_pipe,ppm_pipe,psd_pipe," +
	"qdraw_pipe,qoi_pipe,sgi_pipe,sunrast_pipe,tiff_pipe,vbn_pipe,webp_pipe,xbm_pipe,xpm_pipe," +
	"xwd_pipe"

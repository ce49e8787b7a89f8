package v4l2

import (
	"fmt"
	"slices"
	"strings"

	"av_capture/src/internal/media"
)

// refuseFormats makes the error of a device without a format for the encoding, with the
// settings that work.
func (s *Source) refuseFormats(path string, formats []Format) error {
	return fmt.Errorf("pixel_format %s cannot be made of what the device offers: %s%s%s: %w",
		media.PixelFormat(s.config.PixelFormat), offers(formats, s.config.PixelFormat),
		conversions(formats), s.byFFmpeg(path, formats), media.ErrUnsupported)
}

// conversions lists the encodings that a device's formats can be converted to.
func conversions(formats []Format) string {
	var raw []string
	known := false
	for _, f := range formats {
		if i := rank(f.FourCC); i >= 0 {
			known = known || !pixelFormats[i].stream
			if name := pixelFormats[i].raw; name != "" {
				raw = append(raw, media.PixelFormat(name))
			}
		}
	}
	var encodings []string
	if known {
		encodings = slices.Clone(media.Converted)
	}
	slices.Sort(raw)
	encodings = append(encodings, raw...)
	var words []string
	for _, word := range encodings {
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	last := len(words) - 1
	switch last {
	case -1:
		return ""
	case 0:
		return "; set pixel_format to " + words[0]
	}
	return fmt.Sprintf("; set pixel_format to %s or %s", strings.Join(words[:last], ", "), words[last])
}

// byFFmpeg gives the settings by which source ffmpeg converts a device's format to the
// encoding, if it can: preferably a video stream, which only ffmpeg decodes here, else raw
// images.
func (s *Source) byFFmpeg(path string, formats []Format) string {
	encoding := s.config.PixelFormat
	if strings.HasPrefix(s.config.Device, "/") {
		path = s.config.Device // a link of udev's outlasts a replug
	}
	another := ""
	if !slices.Contains(ffmpegEncodings, encoding) {
		another = ", and pixel_format to " + ffmpegEncodings[0]
	}
	for _, f := range formats {
		if name, ok := ffmpegStreams[f.FourCC]; ok {
			return fmt.Sprintf("; ffmpeg decodes %v: set source to ffmpeg%s, and ffmpeg_args to %s", f.FourCC, another, s.ffmpegArgs(name, path, f))
		}
	}
	for _, f := range formats {
		if name, ok := ffmpegImages[f.FourCC]; ok && another == "" {
			return fmt.Sprintf("; for %s of %v, set source to ffmpeg and ffmpeg_args to %s", media.PixelFormat(encoding), f.FourCC, s.ffmpegArgs(name, path, f))
		}
	}
	return ""
}

// ffmpegArgs returns ffmpeg's arguments for a format of a device, at the wanted size or else
// at the format's largest.
func (s *Source) ffmpegArgs(name, path string, f Format) string {
	size := Size{Width: s.config.Width, Height: s.config.Height}
	if size.Width > 0 && !f.has(size.Width, size.Height) {
		size = Size{}
		for _, other := range f.Sizes {
			if other.Width*other.Height > size.Width*size.Height {
				size = other
			}
		}
	}
	text := ""
	if size.Width > 0 {
		text = fmt.Sprintf(`"-video_size", "%dx%d", `, size.Width, size.Height)
	}
	return fmt.Sprintf(`["-f", "v4l2", "-input_format", %q, %s"-i", %q]`, name, text, path)
}

// ffmpegEncodings are those that source ffmpeg converts any image to.
var ffmpegEncodings = slices.Concat(media.Converted, []string{"yuv422_yuy2", "uyvy"})

// ffmpegImages are ffmpeg's names of the formats of images that it takes from a V4L2 device.
var ffmpegImages = map[FourCC]string{
	yuyv: "yuyv422", uyvy: "uyvy422", bgr3: "bgr24", rgb3: "rgb24", grey: "gray",
	fourCC("NV12"): "nv12", fourCC("YU12"): "yuv420p", fourCC("422P"): "yuv422p", mjpg: "mjpeg",
	fourCC("BA81"): "bayer_bggr8", fourCC("GBRG"): "bayer_gbrg8", fourCC("GRBG"): "bayer_grbg8", fourCC("RGGB"): "bayer_rggb8",
}

// ffmpegStreams are ffmpeg's names of the formats of video streams.
var ffmpegStreams = map[FourCC]string{
	fourCC("H264"): "h264",
	fourCC("HEVC"): "hevc",
	fourCC("H265"): "hevc",
	fourCC("VP80"): "vp8",
	fourCC("VP90"): "vp9",
	fourCC("MPG4"): "mpeg4",
}

// offers lists formats, grouped by sizes and rates: only those for the encoding if there are
// any, else all.
func offers(formats []Format, encoding string) string {
	fitting := slices.DeleteFunc(slices.Clone(formats), func(f Format) bool {
		_, ok := nativeFormatOf(f.FourCC, encoding)
		return !ok
	})
	if len(fitting) == 0 {
		fitting = formats
	}
	var order []string
	names := map[string][]string{} // by sizes
	for _, f := range fitting {
		sizes := f.sizes()
		if names[sizes] == nil {
			order = append(order, sizes)
		}
		names[sizes] = append(names[sizes], f.FourCC.String())
	}
	var texts []string
	for _, sizes := range order {
		texts = append(texts, strings.TrimSpace(strings.Join(names[sizes], "/")+" "+sizes))
	}
	if len(texts) == 0 {
		return "nothing that it tells of"
	}
	return strings.Join(texts, "; ")
}

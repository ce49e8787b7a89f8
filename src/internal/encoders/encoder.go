package encoders

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"av_capture/src/internal/ffmpegprocess"
)

// encoder describes what one of ffmpeg's encoders needs.
type encoder struct {
	options []string
	yuv     bool // players expect 4:2:0 from it
}

// encoders are those that need something. All others are taken as ffmpeg has them.
//
// Live, an encoder may neither be slower than the images come nor keep many of them: what it
// keeps is lost with the process.
var encoders = map[string]encoder{
	"libx264":     {[]string{"-preset", "veryfast", "-tune", "zerolatency", "-crf", "20"}, true},
	"libopenh264": {[]string{"-b:v", "4M"}, true},
	"libx265":     {[]string{"-preset", "veryfast", "-tune", "zerolatency", "-crf", "22", "-x265-params", "log-level=error"}, true},
	"libsvtav1":   {[]string{"-preset", "10", "-crf", "35"}, true},
	"libaom-av1":  {[]string{"-usage", "realtime", "-cpu-used", "8", "-crf", "35", "-b:v", "0"}, true},
	"librav1e":    {[]string{"-speed", "10"}, true},
	"libvpx":      {[]string{"-deadline", "realtime", "-cpu-used", "8", "-crf", "20", "-b:v", "4M"}, true},
	"libvpx-vp9":  {[]string{"-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1", "-crf", "32", "-b:v", "0"}, true},
	"mpeg4":       {[]string{"-q:v", "4"}, true},
	"ffv1":        {[]string{"-level", "3", "-slicecrc", "1", "-g", "1"}, false},
	"mjpeg":       {[]string{"-q:v", "3", "-pix_fmt", "yuvj422p"}, false},
}

// names are the encoders of a codec, best first. Any encoder may be given by its own name,
// too, as h264_vaapi.
var names = map[string][]string{
	"h264": {"libx264", "libopenh264"}, "hevc": {"libx265"},
	"av1": {"libsvtav1", "libaom-av1", "librav1e"}, "vp8": {"libvpx"}, "vp9": {"libvpx-vp9"},
	"prores": {"prores_ks"},
	"opus":   {"libopus"}, "vorbis": {"libvorbis"}, "mp3": {"libmp3lame"},
	"pcm": {"pcm_s16le"}, // or another one, as the sound is
}

// Options returns the options that an encoder needs for a film of a live topic.
func Options(name string) []string { return encoders[name].options }

// Kinds of encoders in ffmpeg's list.
const (
	Video = 'V'
	Audio = 'A'
)

// FFmpeg describes the ffmpeg of this machine.
type FFmpeg struct {
	Program  string
	encoders map[string]byte   // kinds by name
	codecs   map[string]string // likewise
	Untimed  []string          // options that leave the times of images alone
}

// Inspect asks ffmpeg for its encoders and options.
func Inspect(ctx context.Context, program string) (*FFmpeg, error) {
	// Its newer name since version 5.1; the older one is to go.
	t := &FFmpeg{Program: program, Untimed: []string{"-fps_mode", "passthrough"}}
	args := []string{"-nostdin", "-hide_banner", "-encoders"}
	out, err := ffmpegprocess.Output(ctx, program, nil, append(slices.Clone(t.Untimed), args...)...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && ctx.Err() == nil {
		t.Untimed = []string{"-vsync", "passthrough"}
		out, err = ffmpegprocess.Output(ctx, program, nil, args...)
	}
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, ffmpegprocess.ErrMissing
	case err != nil:
		return nil, fmt.Errorf("ask ffmpeg for its encoders: %w", err)
	}
	t.encoders, t.codecs = parseEncoders(string(out))
	return t, nil
}

// parseEncoders parses the list of `ffmpeg -encoders`: after a line of dashes, flags and name
// of an encoder on each line, of which the first flag is its kind. At the end is the codec, if
// its name is another one.
func parseEncoders(list string) (kinds map[string]byte, codecs map[string]string) {
	kinds, codecs = map[string]byte{}, map[string]string{}
	begun := false
	for line := range strings.Lines(list) {
		fields := strings.Fields(line)
		switch {
		case !begun:
			begun = len(fields) == 1 && strings.Trim(fields[0], "-") == ""
		case len(fields) > 1:
			name := fields[1]
			kinds[name], codecs[name] = fields[0][0], name
			if _, codec, ok := strings.Cut(line, "(codec "); ok {
				codecs[name] = strings.TrimSuffix(strings.TrimSpace(codec), ")")
			}
		}
	}
	return kinds, codecs
}

// Find returns ffmpeg's encoder for a codec or an encoder's name.
func (t *FFmpeg) Find(name string, kind byte) (string, error) {
	candidates := append(slices.Clone(names[name]), name)
	for _, candidate := range candidates {
		if t.encoders[candidate] == kind {
			return candidate, nil
		}
	}
	var known []string
	for codec, list := range names {
		for _, candidate := range list {
			if t.encoders[candidate] == kind {
				known = append(known, codec)
				break
			}
		}
	}
	for candidate, k := range t.encoders {
		if _, special := encoders[candidate]; k == kind && (special || candidate == "flac" || candidate == "aac") {
			known = append(known, candidate)
		}
	}
	slices.Sort(known)
	return "", fmt.Errorf("the ffmpeg of this machine has no encoder for %q: it has %s, and others (ffmpeg -encoders)", name, strings.Join(slices.Compact(known), ", "))
}

// hardware are the ends of names of encoders that take images from the memory of a device, and
// ffmpeg's names of its kind.
var hardware = map[string]string{"_vaapi": "vaapi", "_vulkan": "vulkan"}

// DeviceOf returns the kind of the device on which an encoder runs, "" for none.
func DeviceOf(name string) string {
	for end, kind := range hardware {
		if strings.HasSuffix(name, end) {
			return kind
		}
	}
	return ""
}

// Device returns the options with which ffmpeg opens an encoder's device: the given one, or
// one that it finds.
func Device(name, path string) []string {
	kind := DeviceOf(name)
	if kind == "" {
		return nil
	}
	spec := kind + "=hw"
	if path != "" {
		spec += ":" + path
	}
	return []string{"-init_hw_device", spec, "-filter_hw_device", "hw"}
}

// Filters returns the chain of filters that images go through for an encoder: "" if it takes
// them as they are.
func Filters(name string, width, height int) string {
	format := pixelFormat(name)
	if format == "" {
		return ""
	}
	return filters(name, format, width, height)
}

// pixelFormat returns ffmpeg's formats of the pixels that an encoder is given: "" if it takes
// them as they are.
func pixelFormat(name string) string {
	switch {
	case DeviceOf(name) != "":
		return "nv12"
	case encoders[name].yuv:
		return "yuv420p"
	case strings.HasPrefix(name, "h264_"), strings.HasPrefix(name, "hevc_"), strings.HasPrefix(name, "av1_"):
		return "nv12|yuv420p" // of hardware that takes images from our memory
	}
	return ""
}

// filters returns the chain of filters to pixels of a format of YUV.
//
// RGB becomes the YUV of BT.601, as cameras' own YUV and JPEG are, in the range of television;
// the film says so, since players take BT.709 for large images that do not.
func filters(name, format string, width, height int) string {
	var chain []string
	if width%2 != 0 || height%2 != 0 { // a pixel of colour is 2x2 of brightness
		chain = append(chain, "pad=ceil(iw/2)*2:ceil(ih/2)*2")
	}
	chain = append(chain, "scale=out_color_matrix=smpte170m:out_range=tv", "format="+format, "setparams=colorspace=smpte170m:range=tv")
	if strings.HasPrefix(name, "libvpx") || name == "libaom-av1" {
		// ffmpeg 7 gives these encoders the length of an image at the stream's rate, which it
		// takes for that of nanoseconds, and in ticks of theirs it is the 0 that they refuse.
		// After setpts it knows no rate.
		chain = append(chain, "setpts=PTS")
	}
	if DeviceOf(name) != "" {
		chain = append(chain, "hwupload")
	}
	return strings.Join(chain, ",")
}

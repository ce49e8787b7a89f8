package encoders

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// liveEncoder describes what an encoder needs so that it holds back no image, or as few as it
// can, and so that key frames that are forced are ones with which a decoder can begin.
type liveEncoder struct {
	preset  string // the fastest; "" if the encoder has no presets
	options []string
}

var liveEncoders = map[string]liveEncoder{
	"libx264":    {"ultrafast", []string{"-tune", "zerolatency", "-forced-idr", "1"}},
	"libx265":    {"ultrafast", []string{"-tune", "zerolatency", "-forced-idr", "1", "-x265-params", "log-level=error:repeat-headers=1:open-gop=0"}},
	"h264_nvenc": {"p1", []string{"-tune", "ull", "-zerolatency", "1", "-delay", "0", "-forced-idr", "1"}},
	"hevc_nvenc": {"p1", []string{"-tune", "ull", "-zerolatency", "1", "-delay", "0", "-forced-idr", "1"}},
	"h264_qsv":   {"veryfast", []string{"-async_depth", "1", "-forced_idr", "1"}},
	"hevc_qsv":   {"veryfast", []string{"-async_depth", "1", "-forced_idr", "1"}},
	"h264_vaapi": {"", []string{"-async_depth", "1"}},
	"hevc_vaapi": {"", []string{"-async_depth", "1"}},
}

// liveNames are the encoders of a codec in the order in which they are taken: those that need
// no hardware, then others, of which it is known only when they are started whether theirs is
// there.
var liveNames = map[string][]string{
	"h264": {"libx264", "libopenh264", "h264_nvenc", "h264_qsv", "h264_vaapi", "h264_v4l2m2m"},
	"hevc": {"libx265", "hevc_nvenc", "hevc_qsv", "hevc_vaapi", "hevc_v4l2m2m"},
}

// FindLive returns the encoder for a name, which is that of an encoder of H.264 or H.265, or
// h264 or hevc for the first one that ffmpeg has, and the codec.
func (t *FFmpeg) FindLive(name string) (encoder, codec string, err error) {
	candidates := append(slices.Clone(liveNames[name]), name)
	for _, candidate := range candidates {
		codec := t.codecs[candidate]
		if t.encoders[candidate] == Video && liveNames[codec] != nil {
			return candidate, codec, nil
		}
	}
	var known []string
	for candidate, codec := range t.codecs {
		if t.encoders[candidate] == Video && liveNames[codec] != nil {
			known = append(known, candidate)
		}
	}
	if len(known) == 0 {
		return "", "", fmt.Errorf("the ffmpeg of this machine has no encoder for H.264 or H.265: install one that has libx264, as by \"sudo apt install ffmpeg\"")
	}
	slices.Sort(known)
	return "", "", fmt.Errorf("the ffmpeg of this machine has no encoder %q for H.264 or H.265: it has %s", name, strings.Join(known, ", "))
}

// Live describes a live video.
type Live struct {
	Encoder       string // by ffmpeg's name
	Preset        string // of the encoder; "" for its fastest
	Device        string // of an encoder of hardware; "" for one that ffmpeg finds
	Width, Height int    // [pixels] of the images
	Grey          bool   // the images have no colour
	BitRate       int    // [bits/s]
	KeyFrames     int    // images from one key frame to the next at most
}

// keyFrameInterval bounds the time between two key frames [s]. Someone who begins to watch
// sees nothing before one, and is to wait for no longer than a second.
const keyFrameInterval = 0.9

// rateBuffer is the time over which a live video keeps its bit rate [s]: in a longer one,
// more could wait in the network.
const rateBuffer = 1

// Arguments returns ffmpeg's options before the input and, for the output, behind it. The
// times of images must be in a clock of at least microseconds.
//
// No image is predicted from a later one, and parameter sets stand before each key frame:
// NUT, whose header has them, would have them left out.
func (l Live) Arguments() (input, output []string) {
	known := liveEncoders[l.Encoder]
	output = []string{"-c:v", l.Encoder}
	if preset := l.Preset; preset != "" {
		output = append(output, "-preset", preset)
	} else if known.preset != "" {
		output = append(output, "-preset", known.preset)
	}
	output = append(output, known.options...)
	rate := strconv.Itoa(l.BitRate)
	output = append(output,
		"-b:v", rate, "-maxrate", rate, "-bufsize", strconv.Itoa(rateBuffer*l.BitRate),
		"-bf", "0", "-g", strconv.Itoa(l.KeyFrames),
		"-force_key_frames", fmt.Sprintf("expr:isnan(prev_forced_t)+gte(t,prev_forced_t+%g)", keyFrameInterval),
		"-enc_time_base", "1:1000000",
		"-vf", l.filters(),
		"-flags:v", "-global_header", "-bsf:v", "dump_extra=freq=keyframe")
	return Device(l.Encoder, l.Device), output
}

// CheckPreset refuses a preset for an encoder that has none, and what is no preset's name.
func CheckPreset(encoder, preset string) error {
	if preset == "" {
		return nil
	}
	if strings.Trim(preset, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return fmt.Errorf("%q is not the name of a preset", preset)
	}
	if known, ok := liveEncoders[encoder]; ok && known.preset == "" {
		return fmt.Errorf("the encoder %s has no presets: leave it empty", encoder)
	}
	return nil
}

// filters returns the chain of filters that images go through. Grey keeps the full range, in
// which subscribers of video take brightness as it is.
func (l Live) filters() string {
	format := pixelFormat(l.Encoder)
	if format == "" {
		format = "yuv420p|nv12" // of an encoder that is not known
	}
	chain := filters(l.Encoder, format, l.Width, l.Height)
	if l.Grey {
		chain = strings.NewReplacer("out_range=tv", "in_range=pc:out_range=pc", "range=tv", "range=pc").Replace(chain)
	}
	return chain
}

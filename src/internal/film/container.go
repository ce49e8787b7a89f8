package film

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// container is a kind of film.
type container struct {
	format       string   // ffmpeg's name of it
	video, audio string   // usual codecs
	only         []string // the codecs that it takes; nil for most
	options      []string // of its muxer
}

// Copy is the codec of images that are stored as they come.
const Copy = "copy"

// fragments has ffmpeg write mp4 in pieces of half a second [us], each of which can be
// played without what follows. The header waits for the first of each stream, so that it can
// say where they begin.
var fragments = []string{"-movflags", "+frag_keyframe+empty_moov+default_base_moof+delay_moov", "-frag_duration", "500000", "-video_track_timescale", timeScale}

// clusters has ffmpeg write Matroska in pieces of at most half a second [ms]. An encoder's
// delay is said in the film; ffmpeg 5 would shift images by it, too, but not the sound.
var clusters = []string{"-cluster_time_limit", "500", "-avoid_negative_ts", "disabled"}

// containers by the ending of a file's name.
var containers = map[string]container{
	"mkv":  {format: "matroska", video: "h264", audio: "flac", options: clusters},
	"mp4":  {format: "mp4", video: "h264", audio: "aac", options: fragments},
	"m4v":  {format: "mp4", video: "h264", audio: "aac", options: fragments},
	"mov":  {format: "mov", video: "h264", audio: "aac", options: fragments},
	"webm": {format: "webm", video: "vp9", audio: "opus", only: []string{"vp8", "vp9", "av1", "opus", "vorbis"}, options: clusters},
	"avi":  {format: "avi", video: "mjpeg", audio: "pcm"},
}

// containerOf returns the container of a path.
func containerOf(path string) (container, error) {
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))
	c, ok := containers[ending]
	if !ok {
		return c, fmt.Errorf("the name ends in %q, which tells no container: let it end in one of .%s", "."+ending, strings.Join(slices.Sorted(maps.Keys(containers)), ", ."))
	}
	return c, nil
}

// matroska reports whether the container is Matroska or its part WebM.
func (c container) matroska() bool { return c.format == "matroska" || c.format == "webm" }

// check refuses a codec that the container does not take.
func (c container) check(codec string) error {
	if c.only != nil && !slices.Contains(c.only, codec) {
		return fmt.Errorf("%s takes %s, not %s: choose another codec, or a name that ends in .mkv", c.format, strings.Join(c.only, ", "), codec)
	}
	return nil
}

// longestPause returns the longest time without images, or without sound, within a file. After
// a longer one the clock was set, or silence would take long to write. ffmpeg refuses 60,000
// ticks without an image in AVI.
func (c container) longestPause() time.Duration {
	if c.format == "avi" {
		return 59 * time.Second
	}
	return time.Hour
}

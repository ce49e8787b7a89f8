package ffmpeg

import (
	"fmt"
	"slices"
	"strings"

	"av_capture/src/internal/media"
)

// ours are options of the output that follow Args: of two that are given, ffmpeg ignores
// the first without a word.
var ours = []string{"-f", "-c", "-c:v", "-codec", "-codec:v", "-vcodec", "-pix_fmt"}

// flags are ffmpeg's options of an output that take no value.
var flags = []string{"-an", "-sn", "-dn", "-vn", "-y", "-n", "-shortest"}

// checkOutput refuses arguments behind the last input that would set the format of the
// images on our pipe. Outputs of the user's own, such as a file, may come before, with any
// options.
func (c Config) checkOutput() error {
	last := 0 // behind the last input
	for i, arg := range c.Args {
		if arg == "-i" {
			last = i + 2
		}
	}
	var doubled []string // since the last output of the user's own
	for i := min(last, len(c.Args)); i < len(c.Args); i++ {
		switch arg := c.Args[i]; {
		case arg == "-" || strings.HasPrefix(arg, "pipe:"):
			return fmt.Errorf("ffmpeg: ffmpeg_args name the output %q: leave it out with its -f, images go to a pipe of ours: %w", arg, media.ErrUnsupported)
		case slices.Contains(flags, arg):
		case !strings.HasPrefix(arg, "-"):
			doubled = nil // an output of the user's own
		default:
			if slices.Contains(ours, arg) {
				doubled = c.Args[i:min(i+2, len(c.Args))]
			}
			i++ // its value
		}
	}
	if doubled != nil {
		return fmt.Errorf("ffmpeg: ffmpeg_args say %q of the output: leave it out and set pixel_format instead, mjpeg for the input's own JPEG untouched: %w",
			strings.Join(doubled, " "), media.ErrUnsupported)
	}
	return nil
}

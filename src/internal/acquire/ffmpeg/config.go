package ffmpeg

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/film"
)

// Config says what to capture.
type Config struct {
	// Args is the input in ffmpeg's own words, all that comes before the
	// output, as in ["-f", "lavfi", "-i", "testsrc2=size=640x480:rate=30"].
	// Empty, it is Device.
	Args []string

	// Device names what is captured where Args is empty: a V4L2 device, or the
	// path of a file, or a URL.
	Device string

	// Resolve returns the node of the V4L2 device that a name means.
	Resolve func(name string) (string, error)

	// Owner is what other sources of this process are told that want the same
	// V4L2 device, as in "node /left".
	Owner string

	// Offers lists for people the formats, sizes and rates of the device with a
	// node. It may be nil.
	Offers func(path string) string

	// Width, Height [pixels] and FrameRate [images/s] ask a V4L2 device for a
	// size and a rate. Other inputs have their own.
	Width, Height int
	FrameRate     float64

	// PixelFormat is one of Encodings. ffmpeg converts images to it, but for
	// "jpeg", which are the camera's own.
	PixelFormat string

	// Loop starts an input again at its end.
	Loop bool

	// Notice is told what ffmpeg says, each message once. It may be called by
	// any goroutine, until Close returns. It may be nil.
	Notice func(string)

	// For tests.
	program string        // else "ffmpeg"
	stall   time.Duration // else deviceStallLimit or stallLimit
}

// pixelFormat is an encoding as ffmpeg calls it.
type pixelFormat struct {
	name   string // for -pix_fmt
	fourCC string // in NUT
	size   int    // [bytes/pixel]
	device string // what a V4L2 device has to give; "" for anything
}

var pixelFormats = map[string]pixelFormat{
	"bgr8":        {name: "bgr24", fourCC: "BGR\x18", size: 3},
	"rgb8":        {name: "rgb24", fourCC: "RGB\x18", size: 3},
	"mono8":       {name: "gray", fourCC: "Y800", size: 1},
	"yuv422_yuy2": {name: "yuyv422", fourCC: "YUY2", size: 2, device: "yuyv422"},
	"uyvy":        {name: "uyvy422", fourCC: "UYVY", size: 2, device: "uyvy422"},
	acquire.JPEG:  {name: "", fourCC: "MJPG", device: "mjpeg"},
}

// Encodings lists the pixel formats of a [Source].
var Encodings = slices.Sorted(maps.Keys(pixelFormats))

func (c Config) validate() error {
	switch _, ok := pixelFormats[c.PixelFormat]; {
	case !ok:
		return fmt.Errorf("ffmpeg: pixel_format is %q, must be one of %s: %w", c.PixelFormat, strings.Join(Encodings, ", "), acquire.ErrUnsupported)
	case len(c.Args) == 0 && c.Device == "":
		return errors.New("ffmpeg: video_device and ffmpeg_args are both empty: one of them must name the input")
	case len(c.Args) > 0 && c.input() == "":
		return fmt.Errorf("ffmpeg: ffmpeg_args %q name no input: write -i and the input, each an element of the list", c.Args)
	}
	return c.checkOutput()
}

// input returns the first input of Args, "" if there is none.
func (c Config) input() string {
	if i := slices.Index(c.Args, "-i"); i >= 0 && i+1 < len(c.Args) {
		return c.Args[i+1]
	}
	return ""
}

// input is where ffmpeg gets images from.
type input struct {
	name  string // for people
	args  []string
	node  bool // a V4L2 device that we have named ourselves
	paced bool // it is read as fast as we take images, and we keep to its times
	ends  bool // its end is no loss
}

// resolve finds the input.
func (c Config) resolve() (input, error) {
	if len(c.Args) > 0 {
		in := input{name: c.input(), args: c.Args}
		in.ends = c.recorded()
		in.paced = in.ends && !slices.Contains(c.Args, "-re") && !slices.Contains(c.Args, "-readrate")
		return in, nil
	}
	if acquire.IsURL(c.Device) || isFile(c.Device) {
		live := film.IsLive(c.Device)
		return input{name: c.Device, args: []string{"-i", c.Device}, paced: !live, ends: !live}, nil
	}
	path, err := c.Resolve(c.Device)
	if err != nil {
		return input{}, err
	}
	// The times of a V4L2 device are those of the driver's buffers: ffmpeg
	// leaves them alone if asked to.
	in := input{name: path, node: true, args: []string{"-copyts", "-f", "v4l2"}}
	if f := pixelFormats[c.PixelFormat].device; f != "" {
		in.args = append(in.args, "-input_format", f)
	}
	if c.FrameRate > 0 {
		in.args = append(in.args, "-framerate", strconv.FormatFloat(c.FrameRate, 'f', -1, 64))
	}
	if c.Width > 0 && c.Height > 0 {
		in.args = append(in.args, "-video_size", fmt.Sprintf("%dx%d", c.Width, c.Height))
	}
	in.args = append(in.args, "-i", path)
	return in, nil
}

// recorded says whether Args name only inputs that do not come at a pace of
// their own: files, what a server sends as fast as it is read, and what lavfi
// makes.
func (c Config) recorded() bool {
	format := ""
	for i := 0; i+1 < len(c.Args); i++ {
		switch value := c.Args[i+1]; c.Args[i] {
		case "-f":
			format = value
		case "-i":
			switch {
			case format == "lavfi":
			case format != "" && slices.Contains(devices, format):
				return false
			case acquire.IsURL(value):
				if film.IsLive(value) {
					return false
				}
			case !isFile(value) && !strings.Contains(value, "%"): // image_%03d.png is a sequence
				return false
			}
			format = ""
		}
	}
	return true
}

// devices are ffmpeg's formats that capture what happens now.
var devices = []string{
	"alsa", "avfoundation", "decklink", "fbdev", "gdigrab", "iec61883", "jack", "kmsgrab",
	"libcdio", "libdc1394", "libndi_newtek", "openal", "oss", "pulse", "sndio", "v4l2",
	"video4linux2", "x11grab", "xcbgrab",
}

// arguments returns the whole command line behind the program's name.
func (c Config) arguments(in input) []string {
	args := []string{"-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+warning"}
	args = append(args, in.args...)
	if !slices.Contains(c.Args, "-map") {
		args = append(args, "-map", "0:v:0")
	}
	if c.PixelFormat == acquire.JPEG {
		args = append(args, "-c:v", "copy")
	} else {
		// The input's own clock, so that no two images get the same time, of
		// which ffmpeg would drop one.
		args = append(args, "-c:v", "rawvideo", "-pix_fmt", pixelFormats[c.PixelFormat].name, "-enc_time_base", "-1")
	}
	return append(args, "-f", "nut", "-write_index", "0", "pipe:1")
}

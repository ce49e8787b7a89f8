package ffmpeg

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
)

// Config describes an input and its images.
type Config struct {
	// Args is the input by ffmpeg's own arguments, all before the output, as in
	// ["-f", "lavfi", "-i", "testsrc2=size=640x480:rate=30"]. If it is empty, the input
	// is Device.
	Args []string

	// Device is a V4L2 device, the path of a file, or a URL.
	Device string

	// Locate checks Device at each opening, and returns the file without links, or the
	// URL, that is to be opened; or device, for the name of a V4L2 device. It may be nil.
	Locate func(name string) (input string, device bool, err error)

	// Resolve returns the node of the V4L2 device that a name means.
	Resolve func(name string) (string, error)

	// Owner names this source, as in "node /left", to other sources of the process that
	// want the same V4L2 device or play the same film.
	Owner string

	// Film names a file to all sources of the process that play it, which Timelines keep
	// in step. Both are empty for an input that is played by itself.
	Film      string
	Timelines *timing.Timelines

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

	// Notice gets each of ffmpeg's messages once. It may be called by any goroutine,
	// until Close returns. It may be nil.
	Notice func(string)

	// Of tests.
	program string        // else "ffmpeg"
	stall   time.Duration // else deviceStallLimit or stallLimit
}

// pixelFormat is an encoding as ffmpeg calls it.
type pixelFormat struct {
	name   string // for -pix_fmt
	fourCC string // in NUT
	size   int    // [bytes/pixel]
	device string // the format that a V4L2 device must give; "" for any
}

var pixelFormats = map[string]pixelFormat{
	"bgr8":        {name: "bgr24", fourCC: "BGR\x18", size: 3},
	"rgb8":        {name: "rgb24", fourCC: "RGB\x18", size: 3},
	"mono8":       {name: "gray", fourCC: "Y800", size: 1},
	"yuv422_yuy2": {name: "yuyv422", fourCC: "YUY2", size: 2, device: "yuyv422"},
	"uyvy":        {name: "uyvy422", fourCC: "UYVY", size: 2, device: "uyvy422"},
	media.JPEG:    {name: "", fourCC: "MJPG", device: "mjpeg"},
}

// Encodings lists the pixel formats of a [Source].
var Encodings = slices.Sorted(maps.Keys(pixelFormats))

func (c Config) validate() error {
	switch _, ok := pixelFormats[c.PixelFormat]; {
	case !ok:
		return fmt.Errorf("ffmpeg: pixel_format is %q, must be one of %s: %w", c.PixelFormat, strings.Join(Encodings, ", "), media.ErrUnsupported)
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
	name   string // for people
	args   []string
	device bool // Device is a V4L2 device
	paced  bool // ffmpeg reads it as fast as images are taken; they are emitted when they are due
	ends   bool // its end is ErrEnd rather than ErrLost

	remote    bool // a server has a part in it
	generated bool // it is lavfi's alone, the same each time
}

// resolve finds the input.
func (c Config) resolve() (input, error) {
	if len(c.Args) > 0 {
		in := input{name: c.input(), args: c.Args}
		in.ends = c.recorded()
		in.remote, in.generated = c.origin()
		in.paced = in.ends && !slices.Contains(c.Args, "-re") && !slices.Contains(c.Args, "-readrate")
		return in, nil
	}
	name, device, err := c.locate()
	if err != nil {
		return input{}, err
	}
	if !device {
		live := inputurl.IsLive(name)
		in := input{
			name: name, args: []string{"-protocol_whitelist", inputurl.Protocols(name), "-i", name},
			paced: !live, ends: !live, remote: inputurl.IsURL(name),
		}
		switch {
		case !inputurl.IsURL(name):
			in.name = inputurl.LocalPath(name)
			in.args = []string{in.args[0], in.args[1], "-format_whitelist", inputurl.Formats, "-i", "file:" + in.name} // a name may look like a protocol or an option
		case inputurl.IsHTTP(name):
			// A server must not redirect to another host.
			in.args = append([]string{"-max_redirects", "0"}, in.args...)
		}
		return in, nil
	}
	path, err := c.Resolve(name)
	if err == nil {
		err = checkDevice(path)
	}
	if err != nil {
		return input{}, err
	}
	// -copyts keeps the times of the driver's buffers. With -err_detect explode an image
	// that cannot be decoded whole is left out; otherwise ffmpeg makes the rest up.
	in := input{name: path, device: true, args: []string{"-copyts", "-err_detect", "explode", "-f", "v4l2"}}
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

// locate returns the file or URL that Device names; device says that it names a V4L2
// device.
func (c Config) locate() (name string, device bool, err error) {
	if c.Locate != nil {
		return c.Locate(c.Device)
	}
	return c.Device, !inputurl.IsURL(c.Device) && !isFile(inputurl.LocalPath(c.Device)), nil
}

// recorded reports whether all inputs of Args come as fast as they are read: files, servers
// of files, and lavfi's filters.
func (c Config) recorded() bool {
	for format, name := range c.inputs() {
		switch {
		case format == lavfi:
		case format != "" && slices.Contains(devices, format):
			return false
		case inputurl.IsURL(name):
			if inputurl.IsLive(name) {
				return false
			}
		case !isFile(name) && !strings.Contains(name, "%"): // image_%03d.png is a sequence
			return false
		}
	}
	return true
}

// origin reports whether an input of Args comes from a server, and whether all are lavfi's.
func (c Config) origin() (remote, generated bool) {
	generated = true
	for format, name := range c.inputs() {
		if format != lavfi {
			generated = false
			remote = remote || inputurl.IsURL(name)
		}
	}
	return remote, generated
}

// lavfi is ffmpeg's format of filters without an input.
const lavfi = "lavfi"

// inputs yields the formats, "" if none is given, and names of the inputs of Args.
func (c Config) inputs() iter.Seq2[string, string] {
	return func(yield func(format, name string) bool) {
		format := ""
		for i := 0; i+1 < len(c.Args); i++ {
			switch value := c.Args[i+1]; c.Args[i] {
			case "-f":
				format = value
			case "-i":
				if !yield(format, value) {
					return
				}
				format = ""
			}
		}
	}
}

// devices are ffmpeg's formats of live inputs.
var devices = []string{
	"alsa", "avfoundation", "decklink", "fbdev", "gdigrab", "iec61883", "jack", "kmsgrab",
	"libcdio", "libdc1394", "libndi_newtek", "openal", "oss", "pulse", "sndio", "v4l2",
	"video4linux2", "x11grab", "xcbgrab",
}

// limited adds a limit to the arguments of inputs: decoders then refuse images whose headers
// are larger than a source may give, before they take memory.
func limited(args []string) []string {
	if slices.Contains(args, maxPixels) {
		return args
	}
	var all []string
	for i := 0; i < len(args); i++ {
		if args[i] == "-i" && i+1 < len(args) {
			all = append(all, maxPixels, strconv.Itoa(media.MaxPixels), args[i], args[i+1])
			i++
			continue
		}
		all = append(all, args[i])
	}
	return all
}

// maxPixels is ffmpeg's option for that limit. The user's own takes precedence.
const maxPixels = "-max_pixels"

// arguments returns the command line without the program's name.
func (c Config) arguments(in input) []string {
	args := []string{"-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+warning"}
	args = append(args, limited(in.args)...)
	if !slices.Contains(c.Args, "-map") {
		args = append(args, "-map", "0:v:0")
	}
	if c.PixelFormat == media.JPEG {
		args = append(args, "-c:v", "copy")
	} else {
		// Microseconds, as V4L2 has them: with a coarse clock, such as one tick an image, two
		// images may get the same time, and ffmpeg drops one of them. For the input's own
		// clock there is no word that all versions know.
		args = append(args, "-c:v", "rawvideo", "-pix_fmt", pixelFormats[c.PixelFormat].name, "-enc_time_base", "1:1000000")
	}
	return append(args, "-f", "nut", "-write_index", "0", "pipe:1")
}

package film

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"av_capture/src/internal/encoders"
	"av_capture/src/internal/regularfile"
)

// Config describes a film.
type Config struct {
	Path string // of the first part; its ending tells the container

	// Video and Audio are codecs, or encoders of ffmpeg; "" for the container's usual ones.
	// With [Copy], images are stored as they come.
	Video, Audio string

	Device  string   // of an encoder of hardware; "" for one that ffmpeg finds
	Options []string // of ffmpeg's output, NAME=VALUE each

	Duration  time.Duration // 0 for no end
	Split     time.Duration // length of a part; 0 for no limit
	Refuse    bool          // end at lost sound, instead of writing silence
	Lossless  bool          // end where images do not fit into the queue, instead of leaving them out
	Overwrite bool
	Buffer    int // [bytes] of images and sound that wait for ffmpeg

	// Settle is the time in which topics are awaited that are not known yet, Wait that in
	// which the first message of a known one is.
	Settle, Wait time.Duration

	Say    func(text string) // tells what happens; may be nil
	Notice func(text string) // gets each of ffmpeg's messages once; may be nil

	idleLimit    time.Duration // 0 for the usual one
	container    container
	video, audio string // encoders
}

// option matches ffmpeg's options of an output.
var option = regexp.MustCompile(`^[a-z][a-zA-Z0-9_:.-]*=`)

// prepare checks the configuration, and finds the encoders.
func (c *Config) prepare(ctx context.Context) (*encoders.FFmpeg, error) {
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, err
	}
	c.Path = path
	if c.container, err = containerOf(path); err != nil {
		return nil, err
	}
	if c.idleLimit == 0 {
		c.idleLimit = idleLimit
	}
	if c.Video == "" {
		c.Video = c.container.video
	}
	if c.Audio == "" {
		c.Audio = c.container.audio
	}
	for _, o := range c.Options {
		if !option.MatchString(o) {
			return nil, fmt.Errorf("an option of ffmpeg is %q, must be NAME=VALUE, as in b:v=4M", o)
		}
	}
	tool, err := encoders.Inspect(ctx, "ffmpeg")
	if err != nil {
		return nil, err
	}
	if c.video = Copy; c.Video != Copy {
		if c.video, err = tool.Find(c.Video, encoders.Video); err != nil {
			return nil, err
		}
	} else if c.container.format == "avi" {
		return nil, errors.New("AVI has no times of images, which --video copy needs: choose a name that ends in .mkv")
	}
	if c.Device != "" && encoders.DeviceOf(c.video) == "" {
		return nil, fmt.Errorf("--device is for encoders that open one, as h264_vaapi, which %s is not: leave it out, or choose another --video", c.Video)
	}
	if c.audio, err = tool.Find(c.Audio, encoders.Audio); err != nil {
		return nil, err
	}
	for _, codec := range []string{c.Video, c.Audio} {
		if err := c.container.check(codec); err != nil {
			return nil, err
		}
	}
	return tool, nil
}

// create makes the file of a path, or empties it.
func (c *Config) create(path string) error {
	file, err := regularfile.Output(path, c.Overwrite)
	if err != nil {
		return err
	}
	return file.Close()
}

// checkNext refuses a film whose second part would end it, since its file is there.
func (c *Config) checkNext() error {
	path := c.partPath(2)
	if _, err := os.Lstat(path); err != nil || c.Overwrite {
		return nil
	}
	return fmt.Errorf("%s is there already, and this film may have to go on in it: choose another name, or give --overwrite", path)
}

// partPath returns the path of a part, counted from 1.
func (c *Config) partPath(number int) string {
	if number == 1 {
		return c.Path
	}
	extension := filepath.Ext(c.Path)
	return fmt.Sprintf("%s_part%d%s", strings.TrimSuffix(c.Path, extension), number, extension)
}

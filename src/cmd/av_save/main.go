// Command av_save saves topics of images and sound as a film.
package main

import (
	"flag"
	"fmt"
	"time"

	"av_capture/src/internal/middleware"
	"av_capture/src/internal/param"
	_ "av_capture/src/internal/process" // its timer slack
	"av_capture/src/internal/program"
	"av_capture/src/internal/subscriber"
)

// version is set by the build, from package.xml.
var version = "unknown"

const help = `av_save: saves images and sound as a film, each at the time of its stamp.

Usage: av_save [options] FILE [--ros-args ...]

FILE ends in .mkv, .mp4, .mov, .webm or .avi.

  --image TOPIC   a topic of images; may be given several times. One whose name ends in
                  /compressed is one of sensor_msgs/CompressedImage
  --sound TOPIC   a topic of sound; may be given several times. Without --image and
                  --sound, all cameras and microphones that are published are saved
  --video CODEC   h264, hevc, av1, vp9, ffv1, mjpeg, … or an encoder of ffmpeg, as
                  h264_vaapi; copy stores the camera's own JPEG as it is
  --audio CODEC   pcm, flac, aac, opus, … or an encoder of ffmpeg
  --device PATH   device of an encoder of hardware, as /dev/dri/renderD128
  --option NAME=VALUE  an option of ffmpeg for the file, as b:v=4M; may be given several
                  times
  --gaps fill     where sound is missing, write silence of the same length (default)
  --gaps refuse   end there, with exit status 2; what came before is in FILE
  --duration S    end when S seconds are saved
  --split S       begin another file after each S seconds
  --idle S        end when nothing has come for S seconds, as at the end of a bag
  --wait S        wait as long for the first message of every topic (default 5)
  --lossless      end with an error where ffmpeg or the disk is too slow, instead of
                  leaving out images
  --buffer MB     images and sound that wait for ffmpeg (default 256, with --lossless
                  1024)
  --overwrite     replace FILE if it is there
  --version       print the version and end
  --help          print this and end

It ends by Ctrl-C too, and FILE is complete then. If something changes that a file has
once (the size or format of images, the rate or channels of sound, a topic more), it
goes on in FILE_part2 and so on.

Exit status: 0 all is saved, 1 an error in the arguments, 2 a fault, 3 ended
by force: it was asked to end, and something hung for 3 s, or it was asked twice.
`

// Defaults of --buffer [MB].
const (
	usualBuffer    = 256
	losslessBuffer = 1024
)

func main() {
	flags := flag.NewFlagSet("av_save", flag.ContinueOnError)
	o := &options{flags: flags}
	list := func(to *[]string) func(string) error {
		return func(value string) error {
			*to = append(*to, value)
			return nil
		}
	}
	flags.Func("image", "", list(&o.images))
	flags.Func("sound", "", list(&o.sound))
	flags.StringVar(&o.video, "video", "", "")
	flags.StringVar(&o.audio, "audio", "", "")
	flags.StringVar(&o.device, "device", "", "")
	flags.Func("option", "", list(&o.ffmpeg))
	flags.StringVar(&o.gaps, "gaps", "fill", "")
	flags.Float64Var(&o.duration, "duration", 0, "")
	flags.Float64Var(&o.split, "split", 0, "")
	flags.Float64Var(&o.idle, "idle", 0, "")
	flags.Float64Var(&o.wait, "wait", 5, "")
	flags.BoolVar(&o.lossless, "lossless", false, "")
	flags.IntVar(&o.buffer, "buffer", 0, "")
	flags.BoolVar(&o.overwrite, "overwrite", false, "")
	program.Program{
		Name:    "av_save",
		Version: version,
		Help:    help,
		Flags:   flags,
		Run:     o.run,
	}.Main()
}

// run does the program's work.
func (o *options) run(start *program.Start) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := middleware.SeeAllTopics(); err != nil {
		return err
	}
	return subscriber.RunBase(start, "av_save", func(n *subscriber.Base) error { return o.save(start, n) })
}

// options are the program's arguments.
type options struct {
	flags         *flag.FlagSet
	images, sound []string // topics
	video, audio  string
	device        string
	ffmpeg        []string
	gaps          string
	duration      float64 // [s] 0 for no end
	split         float64 // [s] 0 for one file
	idle          float64 // [s] 0 for ever
	wait          float64 // [s]
	lossless      bool
	buffer        int // [MB] 0 for the usual one
	overwrite     bool
}

// Bounds of --split [s] and of --buffer [MB].
const (
	shortestPart = 1
	leastBuffer  = 1
	mostBuffer   = 1 << 20
)

// check refuses options that cannot work.
func (o *options) check() error {
	switch {
	case o.flags.NArg() == 0:
		return param.Misconfigured("FILE is missing; see --help")
	case o.flags.NArg() > 1:
		return program.UnknownArgument(o.flags.Arg(1))
	case o.gaps != "fill" && o.gaps != "refuse":
		return param.Misconfigured("--gaps is %q, must be fill or refuse", o.gaps)
	case o.split != 0 && !(o.split >= shortestPart):
		return param.Misconfigured("--split is %s, must be at least %d second, or 0 for one file", fmt.Sprint(o.split), shortestPart)
	case o.buffer != 0 && (o.buffer < leastBuffer || o.buffer > mostBuffer):
		return param.Misconfigured("--buffer is %d, must be %d to %d MB", o.buffer, leastBuffer, mostBuffer)
	}
	for name, value := range map[string]float64{"duration": o.duration, "split": o.split, "idle": o.idle, "wait": o.wait} {
		if err := program.CheckSeconds(name, value); err != nil {
			return err
		}
	}
	if o.buffer == 0 {
		o.buffer = usualBuffer
		if o.lossless {
			o.buffer = losslessBuffer
		}
	}
	return nil
}

// seconds returns a duration.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// Command av_skew measures the skew between the stamps of images and of sound.
package main

import (
	"flag"
	"fmt"

	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
	"av_capture/src/internal/subscriber"
)

// version is set by the build, from package.xml.
var version = "unknown"

const help = `av_skew: measures the skew between the stamps of images and of sound, by events that
are seen and heard at one time.

Usage: av_skew [options] [--ros-args ...]

  --event flash  a light that comes on with a click or a beep, as a video does that
                 flashes and beeps on a screen in front of the camera (default)
  --event clap   a hand clap in front of the camera: exact to about half an image's
                 period
  --interval S   time from event to event, in seconds (default 1): image and sound of
                 an event are looked for within half of it. A skew of more than half
                 joins each with the wrong one: have events come at longer intervals,
                 or irregularly, if it may be so large
  --count N      end after N events
  --duration S   end after S seconds
  --json         print JSON, an object on each line: the events, then the result
  --version      print the version and end
  --help         print this and end

For each event it prints by how much the image is stamped later than the sound. At the
end, which may be Ctrl-C, it prints median, spread and drift, and the parameter that
brings the median to 0.

The topics are camera/image_raw and microphone/audio, or others:
--ros-args -r image:=/its/name -r audio:=/its/name. A topic of images whose name ends in
/compressed is one of sensor_msgs/CompressedImage.

Exit status: 0 at least one event was measured, 1 an error in the arguments, 2 a fault,
or no event, 3 ended by force: it was asked to end, and something hung for 3 s, or it was
asked twice.
`

// Kinds of events.
const (
	flash = "flash"
	clap  = "clap"
)

func main() {
	flags := flag.NewFlagSet("av_skew", flag.ContinueOnError)
	o := &options{flags: flags}
	flags.StringVar(&o.event, "event", flash, "")
	flags.Float64Var(&o.interval, "interval", 1, "")
	flags.IntVar(&o.count, "count", 0, "")
	flags.Float64Var(&o.duration, "duration", 0, "")
	flags.BoolVar(&o.json, "json", false, "")
	program.Program{
		Name:    "av_skew",
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
	return subscriber.Run(start, "av_skew", func(n *subscriber.Node) error { return o.measure(start, n) })
}

// options are the program's arguments.
type options struct {
	flags    *flag.FlagSet
	event    string  // flash or clap
	interval float64 // [s]
	count    int     // 0 for no end
	duration float64 // [s] 0 for no end
	json     bool
}

// Bounds of --interval [s].
const (
	shortest = 0.1
	longest  = 60
)

// check refuses options that cannot work.
func (o *options) check() error {
	switch {
	case o.flags.NArg() > 0:
		return program.UnknownArgument(o.flags.Arg(0))
	case o.event != flash && o.event != clap:
		return param.Misconfigured("--event is %q, must be %s or %s", o.event, flash, clap)
	case !(o.interval >= shortest && o.interval <= longest):
		return param.Misconfigured("--interval is %s, must be from %s to %d seconds", fmt.Sprint(o.interval), fmt.Sprint(shortest), longest)
	case o.count < 0:
		return param.Misconfigured("--count is %d, must be 1 or more, or 0 for no end", o.count)
	}
	return program.CheckSeconds("duration", o.duration)
}

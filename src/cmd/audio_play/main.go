// Command audio_play plays the sound of a topic.
package main

import (
	"flag"
	"fmt"
	"slices"
	"time"

	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
	"av_capture/src/internal/soundsystem"
	"av_capture/src/internal/subscriber"
)

// version is set by the build, from package.xml.
var version = "unknown"

const help = `audio_play: plays the sound of a topic (av_capture/AudioData).

Usage: audio_play [options] [--ros-args ...]

  --device NAME   loudspeaker: default, its exact name, or an unambiguous part of
                  its name; an unknown name lists what is there
  --backend NAME  sound system: auto (default), pulseaudio, alsa or jack
  --buffer S      how long sound waits before it is played, and so how late a block
                  may come, in seconds (default 0.2); the sound system keeps half as
                  much again, at most 0.5 s
  --idle S        end when nothing has come for S seconds, as at the end of a bag
  --version       print the version and end
  --help          print this and end

Missing sound is played as silence of the same length (at most 5 s). A loudspeaker
that is lost is waited for. Ctrl-C ends it when what is buffered has been played, a
second Ctrl-C at once.

The topic is microphone/audio, or another one: --ros-args -r audio:=/its/name. Its type may
be audio_common_msgs/AudioDataStamped or AudioData, or foxglove_msgs/RawAudio, too.

Exit status: 0 all is played, 1 an error in the arguments, 2 a fault, 3 ended
by force: it was asked to end, and something hung for 3 s, or it was asked twice.
`

// usual is the default of --buffer. Blocks of a loaded machine, or over Wi-Fi, come
// some 100 ms late; with the half of it that the sound system keeps, sound stays
// below the 400 ms that people who talk by way of a robot put up with (ITU-T G.114).
const usual = 200 * time.Millisecond

// Bounds of --buffer [s].
const (
	shortest = 0.01
	longest  = 10
)

func main() {
	flags := flag.NewFlagSet("audio_play", flag.ContinueOnError)
	o := &options{flags: flags}
	flags.StringVar(&o.device, "device", soundsystem.Default, "")
	flags.StringVar(&o.backend, "backend", string(soundsystem.Auto), "")
	flags.Float64Var(&o.buffer, "buffer", usual.Seconds(), "")
	flags.Float64Var(&o.idle, "idle", 0, "")
	program.Program{
		Name:    "audio_play",
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
	return subscriber.Run(start, "audio_play", func(n *subscriber.Node) error { return o.play(start, n) })
}

// options are the program's arguments.
type options struct {
	flags   *flag.FlagSet
	device  string
	backend string
	buffer  float64 // [s]
	idle    float64 // [s] 0 for ever
}

// check refuses options that cannot work.
func (o *options) check() error {
	switch {
	case o.flags.NArg() > 0:
		return program.UnknownArgument(o.flags.Arg(0))
	case !slices.Contains(soundsystem.Backends, soundsystem.Backend(o.backend)):
		return param.Misconfigured("--backend is %q, must be one of %v", o.backend, soundsystem.Backends)
	case !(o.buffer >= shortest && o.buffer <= longest):
		return param.Misconfigured("--buffer is %s, must be from %s to %d seconds", fmt.Sprint(o.buffer), fmt.Sprint(shortest), longest)
	}
	return program.CheckSeconds("idle", o.idle)
}

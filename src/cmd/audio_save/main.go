// Command audio_save saves the sound of a topic as WAV.
package main

import (
	"flag"

	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
	"av_capture/src/internal/subscriber"
)

// version is set by the build, from package.xml.
var version = "unknown"

const help = `audio_save: saves the sound of a topic (av_capture/AudioData) as a WAV file.

Usage: audio_save [options] FILE [--ros-args ...]

  --gaps fill    where sound is missing, write silence of the same length (default)
  --gaps refuse  end there, with exit status 2; what came before is in FILE
  --duration S   end when S seconds are saved
  --idle S       end when nothing has come for S seconds, as at the end of a bag
  --overwrite    replace FILE if it is there
  --version      print the version and end
  --help         print this and end

It ends by Ctrl-C too, and FILE is complete then; by a second Ctrl-C at once. If the
sound restarts, if its format changes, or after a gap of more than an hour, it goes
on in FILE_part2 and so on, up to 100 files; with U8, whose silence takes disk space,
also where a file would hold more silence than sound and more than 1 GiB of it.

The topic is microphone/audio, or another one: --ros-args -r audio:=/its/name. Its type may
be audio_common_msgs/AudioDataStamped or AudioData, or foxglove_msgs/RawAudio, too.

Exit status: 0 all is saved, 1 an error in the arguments, 2 a fault, 3 ended
by force: it was asked to end, and something hung for 3 s, or it was asked twice.
`

func main() {
	flags := flag.NewFlagSet("audio_save", flag.ContinueOnError)
	o := &options{flags: flags}
	flags.StringVar(&o.gaps, "gaps", "fill", "")
	flags.Float64Var(&o.duration, "duration", 0, "")
	flags.Float64Var(&o.idle, "idle", 0, "")
	flags.BoolVar(&o.overwrite, "overwrite", false, "")
	program.Program{
		Name:    "audio_save",
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
	return subscriber.Run(start, "audio_save", func(n *subscriber.Node) error { return o.save(start, n) })
}

// options are the program's arguments.
type options struct {
	flags     *flag.FlagSet
	gaps      string
	duration  float64 // [s] 0 for no end
	idle      float64 // [s] 0 for ever
	overwrite bool
}

// check refuses options that cannot work.
func (o *options) check() error {
	switch {
	case o.flags.NArg() == 0:
		return param.Misconfigured("FILE is missing; see --help")
	case o.flags.NArg() > 1:
		return program.UnknownArgument(o.flags.Arg(1))
	case o.gaps != "fill" && o.gaps != "refuse":
		return param.Misconfigured("--gaps is %q, must be fill or refuse", o.gaps)
	}
	for name, value := range map[string]float64{"duration": o.duration, "idle": o.idle} {
		if err := program.CheckSeconds(name, value); err != nil {
			return err
		}
	}
	return nil
}

// Command audio_save saves the sound of a topic as WAV.
package main

import (
	"flag"
	"os"

	"av_capture/src/internal/listener"
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

It ends by Ctrl-C too, and FILE is complete then. If the sound begins anew or its
format changes, it goes on in FILE_part2 and so on.

The topic is microphone/audio, or another one: --ros-args -r audio:=/its/name.

Exit status: 0 all is saved, 1 an error in the arguments, 2 a fault.
`

func main() {
	flags := flag.NewFlagSet("audio_save", flag.ContinueOnError)
	o := &options{flags: flags}
	flags.StringVar(&o.gaps, "gaps", "fill", "")
	flags.Float64Var(&o.duration, "duration", 0, "")
	flags.Float64Var(&o.idle, "idle", 0, "")
	flags.BoolVar(&o.overwrite, "overwrite", false, "")
	os.Exit(listener.Program{
		Name:    "audio_save",
		Version: version,
		Help:    help,
		Flags:   flags,
		Run:     o.run,
	}.Main())
}

// options are the arguments of the command line.
type options struct {
	flags     *flag.FlagSet
	gaps      string
	duration  float64 // [s] 0 for no end
	idle      float64 // [s] 0 for ever
	overwrite bool
}

// check says what is wrong with the options.
func (o *options) check() error {
	switch {
	case o.flags.NArg() == 0:
		return listener.Usagef("FILE is missing; see --help")
	case o.flags.NArg() > 1:
		return listener.Usagef("unknown argument %q; see --help, and give ROS's arguments after --ros-args", o.flags.Arg(1))
	case o.gaps != "fill" && o.gaps != "refuse":
		return listener.Usagef("--gaps is %q, must be fill or refuse", o.gaps)
	}
	for name, value := range map[string]float64{"duration": o.duration, "idle": o.idle} {
		if err := listener.CheckSeconds(name, value); err != nil {
			return err
		}
	}
	return nil
}

package program

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"av_capture/src/internal/access"
	"av_capture/src/internal/param"
	"av_capture/src/internal/param/override"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Program is an executable.
type Program struct {
	Name    string
	Version string
	Help    string        // printed by --help
	Flags   *flag.FlagSet // its own options, beside --help and --version

	// Run does the program's work. A [param.ConfigurationError] gives the status
	// [ExitConfiguration], any other error [ExitFault].
	Run func(s *Start) error
}

// Exit statuses, for service managers: a restart cures faults, and it cannot cure a
// configuration error.
const (
	ExitConfiguration = 1
	ExitFault         = 2

	// ExitForced is the status of a process that a signal asked to end and that had to be
	// ended by force. It is no failure: a service manager need not start it again.
	ExitForced = 3
)

// ExitStatus returns the exit status for the result of a program.
func ExitStatus(err error) int {
	var configuration *param.ConfigurationError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &configuration):
		return ExitConfiguration
	}
	return ExitFault
}

// Main runs the program with the arguments of the process, and ends the process. An error
// is printed without passwords.
func (p Program) Main() {
	prepareOutput()
	process := newProcess(p.Name, os.Stderr, os.Exit)
	process.flush = flush
	process.handleSignals()
	err := p.Execute(process, os.Args[1:])
	if err == nil {
		process.Exit(0, "")
	}
	process.Exit(ExitStatus(err), access.Masked(err.Error()))
}

// Execute runs the program with these arguments.
func (p Program) Execute(process Lifetime, args []string) error {
	// First, since its errors name file, line and argument.
	overrides, err := override.Parse(args)
	if err != nil {
		return param.Misconfigured("%w", err)
	}
	rosArgs, rest, err := rclgo.ParseArgs(args)
	if err != nil {
		return param.Misconfigured("%w", err)
	}
	if answered, err := p.parse(rest, os.Stdout); answered || err != nil {
		return err
	}
	return p.Run(&Start{Lifetime: process, Overrides: overrides, rosArgs: rosArgs})
}

// parse parses the arguments that are not ROS's, and answers --help and --version. Options
// may stand anywhere; the other arguments are left in p.Flags.
func (p Program) parse(args []string, out io.Writer) (answered bool, err error) {
	var version bool
	p.Flags.BoolVar(&version, "version", false, "")
	p.Flags.SetOutput(io.Discard) // the error says it all
	var others []string
	for {
		err := p.Flags.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			fmt.Fprint(out, p.Help)
			return true, nil
		case err != nil:
			return false, param.Misconfigured("%w; see --help", err)
		}
		if args = p.Flags.Args(); len(args) == 0 {
			break
		}
		others, args = append(others, args[0]), args[1:]
	}
	if version {
		fmt.Fprintln(out, p.Name, p.Version)
		return true, nil
	}
	return false, p.Flags.Parse(append([]string{"--"}, others...))
}

// UnknownArgument is the error for an argument that the program does not take.
func UnknownArgument(argument string) error {
	return param.Misconfigured("unknown argument %q; see --help, and give ROS's arguments after --ros-args", argument)
}

package program

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/param"
)

func newProgram() (Program, *bool) {
	flags := flag.NewFlagSet("tool", flag.ContinueOnError)
	return Program{Name: "tool", Version: "1.2.3", Help: "Usage: tool [options]\n", Flags: flags}, flags.Bool("loud", false, "")
}

func TestHelpAndVersionAreAnswered(t *testing.T) {
	for args, want := range map[string]string{
		"--help":         "Usage: tool",
		"-h":             "Usage: tool",
		"--version":      "tool 1.2.3\n",
		"file --version": "tool 1.2.3\n",
	} {
		p, _ := newProgram()
		var out strings.Builder
		if answered, err := p.parse(strings.Fields(args), &out); err != nil || !answered || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: printed %q, %v, want %q", args, out.String(), err, want)
		}
	}
}

func TestOptionsMayStandAnywhere(t *testing.T) {
	p, loud := newProgram()
	answered, err := p.parse([]string{"from", "--loud", "to"}, nil)
	if got := p.Flags.Args(); answered || err != nil || !*loud || !slices.Equal(got, []string{"from", "to"}) {
		t.Errorf("%v, %v, --loud %v, arguments %q", answered, err, *loud, got)
	}
}

func TestUnknownOptionsAreConfigurationErrors(t *testing.T) {
	p, _ := newProgram()
	if _, err := p.parse([]string{"--no-such"}, nil); ExitStatus(err) != ExitConfiguration || !strings.Contains(err.Error(), "no-such; see --help") {
		t.Errorf("got %v", err)
	}
}

func TestExitStatusTellsConfigurationErrorsFromFaults(t *testing.T) {
	configuration := fmt.Errorf("node: %w", param.Misconfigured("no such device"))
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("no memory"), ExitFault},
		{configuration, ExitConfiguration},
		{errors.Join(configuration, errors.New("close")), ExitConfiguration},
	} {
		if got := ExitStatus(test.err); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
}

func TestDurationsOfOptionsAreBounded(t *testing.T) {
	for seconds, want := range map[float64]bool{0: true, 1.5: true, longest: true, -1: false, 1e12: false} {
		if err := CheckSeconds("idle", seconds); (err == nil) != want {
			t.Errorf("%v: %v", seconds, err)
		}
	}
}

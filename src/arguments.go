package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"av_capture/src/internal/node"
)

// arguments are those of the command line that are not ROS's.
type arguments struct {
	nodes   []string // which nodes to run
	demo    bool
	help    bool
	version bool
}

const usage = `av_capture %s: publishes a camera's images and a microphone's sound in ROS 2.

Usage: av_capture [options] [--ros-args ...]

  --nodes LIST   nodes to run, separated by commas: camera,microphone (default: both)
  --demo         use a synthetic camera or microphone where there is no real one,
                 and print one line a second and node on what is captured
  --version      print the version and end
  --help         print this and end

Parameters, remappings and log levels are given after --ros-args, as to every
ROS 2 node: --params-file FILE, -p camera:framerate:=15.0, -r __ns:=/robot,
-r camera:__node:=front_camera, --log-level debug.
`

// parseArguments parses what is left of the command line without ROS's part and
// the program's name.
func parseArguments(args []string) (arguments, error) {
	var parsed arguments
	var nodes string
	flags := flag.NewFlagSet("av_capture", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it all
	flags.StringVar(&nodes, "nodes", "camera,microphone", "")
	flags.BoolVar(&parsed.demo, "demo", false, "")
	flags.BoolVar(&parsed.version, "version", false, "")
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		parsed.help = true
		return parsed, nil
	case err != nil:
		return parsed, node.Misconfigured("%w; see --help", err)
	case flags.NArg() > 0:
		return parsed, node.Misconfigured("unknown argument %q; see --help, and give ROS's arguments after --ros-args", flags.Arg(0))
	}
	for name := range strings.SplitSeq(nodes, ",") {
		name = strings.TrimSpace(name)
		if !slices.ContainsFunc(kinds, func(k kind) bool { return k.name == name }) {
			return parsed, node.Misconfigured("--nodes: unknown node %q: want camera, microphone or both, separated by a comma", name)
		}
		if slices.Contains(parsed.nodes, name) {
			return parsed, node.Misconfigured("--nodes: %s is named twice", name)
		}
		parsed.nodes = append(parsed.nodes, name)
	}
	return parsed, nil
}

// print writes what --help or --version asks for, and says whether one did.
func (a arguments) print(w io.Writer) bool {
	switch {
	case a.help:
		fmt.Fprintf(w, usage, version)
	case a.version:
		fmt.Fprintf(w, "av_capture %s\n", version)
	default:
		return false
	}
	return true
}

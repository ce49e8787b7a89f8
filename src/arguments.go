package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"av_capture/src/internal/node"
)

// arguments are those of the command line that are not ROS's.
type arguments struct {
	nodes   []choice // which nodes to run, in this order
	demo    bool
	list    bool // the devices
	help    bool
	version bool
}

// choice is a node to run.
type choice struct {
	name string // before remapping
	kind *kind
}

const usage = `av_capture %s: publishes a camera's images and a microphone's sound in ROS 2.

Usage: av_capture [options] [--ros-args ...]

  --nodes LIST   nodes to run, separated by commas, each a camera or a microphone
                 or a name for one (default: camera,microphone), as in
                 left=camera,right=camera,microphone
  --list-devices print the cameras and microphones that are there, and end
  --demo         use a synthetic camera or microphone where there is no real one,
                 and print one line a second and node on what is captured
  --version      print the version and end
  --help         print this and end

Parameters, remappings and log levels are given after --ros-args, as to every
ROS 2 node: --params-file FILE, -p camera:framerate:=15.0, -r __ns:=/robot,
-r camera:__node:=front_camera, --log-level debug. A node is addressed by its
name: -p left:video_device:=/dev/video2.
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
	flags.BoolVar(&parsed.list, "list-devices", false, "")
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
	parsed.nodes, err = chooseNodes(nodes)
	return parsed, err
}

// nodeName matches what ROS allows as a node's name (rmw_validate_node_name).
var nodeName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

// chooseNodes takes the list of --nodes apart.
func chooseNodes(list string) ([]choice, error) {
	var chosen []choice
	for item := range strings.SplitSeq(list, ",") {
		name, word, named := strings.Cut(item, "=")
		name = strings.TrimSpace(name)
		if word = strings.TrimSpace(word); !named {
			word = name
		}
		i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == word })
		switch {
		case i < 0 && named:
			return nil, node.Misconfigured("--nodes: %s is to be a %q, which is unknown: want camera or microphone, as in left=camera,right=camera", item, word)
		case i < 0:
			return nil, node.Misconfigured("--nodes: unknown node %q: want camera, microphone or both, separated by a comma, or names of one's own, as in left=camera,right=camera", word)
		case !nodeName.MatchString(name):
			return nil, node.Misconfigured("--nodes: %q is no name for a node: want letters, digits and _, not beginning with a digit; a namespace is given by -r __ns:=/robot after --ros-args", name)
		case slices.ContainsFunc(chosen, func(c choice) bool { return c.name == name }):
			return nil, node.Misconfigured("--nodes: %s is named twice: give each a name of its own, as in left=%s,right=%s", name, word, word)
		}
		chosen = append(chosen, choice{name, &kinds[i]})
	}
	return chosen, nil
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

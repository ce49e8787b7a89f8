package main

import (
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
)

// arguments are the program's arguments.
type arguments struct {
	flags *flag.FlagSet
	nodes string // the nodes to run, in this order
	demo  bool
	list  bool // the devices
}

// nodeSpec is a node to run.
type nodeSpec struct {
	name string // before remapping
	typ  *nodeType
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

func newArguments() *arguments {
	a := &arguments{flags: flag.NewFlagSet("av_capture", flag.ContinueOnError)}
	a.flags.StringVar(&a.nodes, "nodes", "camera,microphone", "")
	a.flags.BoolVar(&a.demo, "demo", false, "")
	a.flags.BoolVar(&a.list, "list-devices", false, "")
	return a
}

// program returns the program with these arguments.
func (a *arguments) program() program.Program {
	return program.Program{
		Name:    "av_capture",
		Version: version,
		Help:    fmt.Sprintf(usage, version),
		Flags:   a.flags,
		Run:     a.run,
	}
}

// nodeSpecs returns the nodes to run. It refuses arguments that the program does not have.
func (a *arguments) nodeSpecs() ([]nodeSpec, error) {
	if a.flags.NArg() > 0 {
		return nil, program.UnknownArgument(a.flags.Arg(0))
	}
	return parseNodes(a.nodes)
}

// nodeName matches valid names of nodes (rmw_validate_node_name).
var nodeName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,254}$`)

// parseNodes parses the list of --nodes.
func parseNodes(list string) ([]nodeSpec, error) {
	var specs []nodeSpec
	for item := range strings.SplitSeq(list, ",") {
		name, word, named := strings.Cut(item, "=")
		name = strings.TrimSpace(name)
		if word = strings.TrimSpace(word); !named {
			word = name
		}
		i := slices.IndexFunc(nodeTypes, func(t nodeType) bool { return t.name == word })
		switch {
		case i < 0 && named:
			return nil, param.Misconfigured("--nodes: %s is to be a %q, which is unknown: want camera or microphone, as in left=camera,right=camera", item, word)
		case i < 0:
			return nil, param.Misconfigured("--nodes: unknown node %q: want camera, microphone or both, separated by a comma, or names of one's own, as in left=camera,right=camera", word)
		case !nodeName.MatchString(name):
			return nil, param.Misconfigured("--nodes: %q is no name for a node: want letters, digits and _, not beginning with a digit; a namespace is given by -r __ns:=/robot after --ros-args", name)
		case slices.ContainsFunc(specs, func(s nodeSpec) bool { return s.name == name }):
			return nil, param.Misconfigured("--nodes: %s is named twice: give each a name of its own, as in left=%s,right=%s", name, word, word)
		}
		specs = append(specs, nodeSpec{name, &nodeTypes[i]})
	}
	return specs, nil
}

// Command av_capture captures images and sound for a robot: ROS 2 nodes, by
// default camera and microphone, in one process.
//
// This package only wires arguments, sources and nodes.
package main

import _ "av_capture/src/internal/process" // whose initialization readies the process

// version is set by the build, from package.xml.
var version = "unknown"

func main() { newArguments().program().Main() }

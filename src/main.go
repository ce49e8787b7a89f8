// Command av_capture captures images and sound for a robot: ROS 2 nodes, by
// default camera and microphone, in one process.
//
// This package only wires: arguments, signals, sources, nodes.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"av_capture/src/internal/node"
	_ "av_capture/src/internal/timerslack"
)

// version is set by the build, from package.xml.
var version = "unknown"

// Exit statuses, for supervisors: a configuration error will not go away by
// starting again, a fault may.
const (
	exitConfiguration = 1
	exitFault         = 2
)

func main() {
	// A file that may not grow any further is an error of whoever writes it, not
	// the end of all.
	signal.Ignore(syscall.SIGXFSZ)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "av_capture: %v\n", err)
	os.Exit(exitStatus(err))
}

// exitStatus returns the exit status for what run returned.
func exitStatus(err error) int {
	var configuration *node.ConfigurationError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &configuration):
		return exitConfiguration
	}
	return exitFault
}

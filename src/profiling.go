package main

import (
	"errors"

	"av_capture/src/internal/node"
	"av_capture/src/internal/profiling"
)

// profilers are the ports at which this process can be profiled.
type profilers []*profiling.Server

// openProfilers listens at the ports that the nodes' parameters name, at each
// once. On an error it returns those that are open.
func openProfilers(nodes []runner) (open profilers, err error) {
	seen := map[int]bool{0: true} // for none
	for _, n := range nodes {
		port := n.ProfilingPort()
		if seen[port] {
			continue
		}
		seen[port] = true
		server, err := profiling.Serve(port)
		if err != nil {
			return open, node.Misconfigured("parameter \"pprof_port\" of node %s is %d: %w", n.Parameters().Name, port, err)
		}
		open = append(open, server)
	}
	return open, nil
}

// Close ends all of them.
func (p profilers) Close() error {
	var errs []error
	for _, server := range p {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}

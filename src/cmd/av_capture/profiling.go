package main

import (
	"errors"

	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
)

// profilers are the ports at which this process can be profiled.
type profilers []*program.ProfileServer

// openProfilers listens at the ports of the nodes' parameters, at each once. With an error it
// returns those that are open.
func openProfilers(nodes []runner) (open profilers, err error) {
	seen := map[int]bool{0: true} // for none
	for _, n := range nodes {
		port := n.ProfilingPort()
		if seen[port] {
			continue
		}
		seen[port] = true
		server, err := program.ServeProfiles(port)
		if err != nil {
			return open, param.Misconfigured("parameter \"pprof_port\" of node %s is %d: %w", n.Parameters().Name, port, err)
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

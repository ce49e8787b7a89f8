package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"av_capture/src/internal/devices"
	"av_capture/src/internal/middleware"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
	"av_capture/src/internal/rclext"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// runner is a node of ours.
type runner interface {
	Parameters() param.Node
	ProfilingPort() int
	Info(text string)
	Warn(text string)
	Run(ctx context.Context) error
	Close() error
}

// run prints the devices, or captures until the process is asked to end.
func (a *arguments) run(start *program.Start) error {
	specs, err := a.nodeSpecs()
	if err != nil {
		return err
	}
	if a.list {
		devices.Print(start.Context(), os.Stdout)
		return nil
	}
	rclext.Middleware() // loads it: Prepare looks which Fast DDS there is
	prepared := middleware.Prepare()
	return errors.Join(start.WithROS(func(parent *rclgo.Context) error {
		return capture(start, parent, specs, a.demo, prepared)
	}), prepared.Close())
}

// capture makes the nodes, runs them until the process is asked to end or one of them fails,
// and closes them.
func capture(start *program.Start, parent *rclgo.Context, specs []nodeSpec, demo bool, prepared *middleware.Prepared) (err error) {
	nodes, err := makeNodes(start, parent, specs, demo)
	// Spins have ended by then; the context goes after the nodes.
	defer func() {
		start.EndWith(err) // closing may hang as well
		for _, n := range nodes {
			closed := start.Doing("closing node " + n.Parameters().Name)
			err = errors.Join(err, n.Close())
			closed()
		}
	}()
	if err != nil {
		return err
	}
	if prepared.Notice != "" {
		nodes[0].Info(prepared.Notice)
	}
	if prepared.Warning != "" {
		nodes[0].Warn(prepared.Warning)
	}
	if err := prepared.Close(); err != nil { // the middleware has read it by now
		return err
	}
	profilers, err := openProfilers(nodes)
	defer func() { err = errors.Join(err, profilers.Close()) }()
	if err != nil {
		return err
	}
	return runNodes(start, nodes)
}

// makeNodes makes the nodes. With an error it returns those made so far.
func makeNodes(start *program.Start, parent *rclgo.Context, specs []nodeSpec, demo bool) ([]runner, error) {
	var nodes []runner
	var known []param.Node
	var tables []*param.Table
	for i := range nodeTypes {
		tables = append(tables, nodeTypes[i].table)
		if !slices.ContainsFunc(specs, func(s nodeSpec) bool { return s.typ == &nodeTypes[i] }) {
			// No warnings about this node's section of a file for both.
			known = append(known, param.Node{Name: "/" + nodeTypes[i].name, Table: nodeTypes[i].table})
		}
	}
	peers := node.NewPeers(tables...)
	for _, spec := range specs {
		options := node.Options{Name: spec.name, Overrides: start.Overrides, Peers: peers, Doing: start.Doing}
		if demo {
			options.Report = func(line string) { fmt.Fprintln(program.Out, line) }
		}
		made := start.Doing("making node " + spec.name)
		n, err := spec.typ.make(parent, options, demo)
		made()
		if err != nil {
			return nodes, program.StartError(err)
		}
		nodes = append(nodes, n)
		known = append(known, n.Parameters())
	}
	for _, warning := range start.Overrides.Unmatched(known...) {
		nodes[0].Warn(warning.String())
	}
	return nodes, nil
}

// runNodes runs the nodes until the process is asked to end or one of them fails, which ends
// the others.
func runNodes(start *program.Start, nodes []runner) error {
	ctx, cancel := context.WithCancel(start.Context())
	defer cancel()
	errs := make([]error, len(nodes))
	var running sync.WaitGroup
	for i, n := range nodes {
		running.Add(1)
		go func() {
			defer running.Done()
			defer cancel()
			if err := n.Run(ctx); err != nil {
				errs[i] = fmt.Errorf("node %s: %w", n.Parameters().Name, err)
				start.EndWith(err)
			}
		}()
	}
	running.Wait()
	return errors.Join(errs...)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/param/override"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// runner is what main needs of a node.
type runner interface {
	Parameters() param.Node
	ProfilingPort() int
	Info(text string)
	Warn(text string)
	Run(ctx context.Context) error
	Close() error
}

// run captures until ctx ends. Nodes are closed and ROS is shut down when it
// returns.
func run(ctx context.Context, args []string) (err error) {
	// First, since its errors name file, line and argument.
	overrides, err := override.Parse(args[1:])
	if err != nil {
		return node.Misconfigured("%w", err)
	}
	rosArgs, rest, err := rclgo.ParseArgs(args[1:])
	if err != nil {
		return node.Misconfigured("%w", err)
	}
	parsed, err := parseArguments(rest)
	if err != nil {
		return err
	}
	if parsed.print(os.Stdout) {
		return nil
	}
	if parsed.list {
		listDevices(ctx, os.Stdout)
		return nil
	}
	images := prepareTransport()
	defer func() { err = errors.Join(err, images.Close()) }()
	parent, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, rosArgs)
	if err != nil {
		// What there is to go wrong is given by arguments and environment,
		// such as ROS_DOMAIN_ID.
		return node.Misconfigured("start ROS: %w", err)
	}
	defer func() { err = errors.Join(err, parent.Close()) }()

	nodes, err := makeNodes(parent, parsed, overrides)
	// The nodes go before the context, and spins have ended by then.
	defer func() {
		for _, n := range nodes {
			err = errors.Join(err, n.Close())
		}
	}()
	if err != nil {
		return err
	}
	if images.Notice != "" {
		nodes[0].Info(images.Notice)
	}
	if images.Warning != "" {
		nodes[0].Warn(images.Warning)
	}
	if err := images.Close(); err != nil { // the middleware has read it by now
		return err
	}
	profilers, err := openProfilers(nodes)
	defer func() { err = errors.Join(err, profilers.Close()) }()
	if err != nil {
		return err
	}
	return runAll(ctx, nodes)
}

// makeNodes makes the nodes that are asked for. On an error it returns those
// that it has made so far.
func makeNodes(parent *rclgo.Context, parsed arguments, overrides *param.Overrides) ([]runner, error) {
	var nodes []runner
	var known []param.Node
	var tables []*param.Table
	for i := range kinds {
		tables = append(tables, kinds[i].table)
		if !slices.ContainsFunc(parsed.nodes, func(c choice) bool { return c.kind == &kinds[i] }) {
			// Its part of a file that serves both is not unknown.
			known = append(known, param.Node{Name: "/" + kinds[i].name, Table: kinds[i].table})
		}
	}
	peers := node.NewPeers(tables...)
	for _, choice := range parsed.nodes {
		options := node.Options{Name: choice.name, Overrides: overrides, Peers: peers}
		if parsed.demo {
			options.Report = func(line string) { fmt.Println(line) }
		}
		n, err := choice.kind.make(parent, options, parsed.demo)
		if err != nil {
			return nodes, err
		}
		nodes = append(nodes, n)
		known = append(known, n.Parameters())
	}
	for _, warning := range overrides.Unused(known...) {
		nodes[0].Warn(warning.String())
	}
	return nodes, nil
}

// runAll runs the nodes until ctx ends or one of them fails, which ends the
// others.
func runAll(ctx context.Context, nodes []runner) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, len(nodes))
	var running sync.WaitGroup
	for i, n := range nodes {
		running.Go(func() {
			defer cancel()
			if err := n.Run(ctx); err != nil {
				errs[i] = fmt.Errorf("node %s: %w", n.Parameters().Name, err)
			}
		})
	}
	running.Wait()
	return errors.Join(errs...)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"av_capture/src/internal/program"
	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/view/page"
	"av_capture/src/internal/view/server"
	"av_capture/src/internal/view/topics"
)

// serve serves the page until the process is asked to end.
func (o *options) serve(process program.Lifetime, n *subscriber.Base) (err error) {
	graph := topics.New(n)
	defer func() {
		defer process.Doing("closing the subscriptions")()
		graph.Close()
	}()
	s, err := o.listen(server.Config{
		Hosts: o.hosts,
		Hub:   graph.Hub(),
		Page:  page.Files,
		Log:   func(text string) { n.Logger().Error(text) },
	})
	if err != nil {
		return err
	}
	defer func() {
		defer process.Doing("closing the pages")()
		err = errors.Join(err, s.Close())
	}()
	for _, host := range o.names() {
		fmt.Fprintf(program.Out, "see and hear it: %s\n", s.URL(host))
	}
	if ip := net.ParseIP(o.address); !ip.IsLoopback() {
		n.Logger().Warn("the page is for all machines that reach " + s.Address().String() + ", and its connection is not encrypted: see doc/security.md")
	}
	defer process.Doing("following the graph")()
	ctx, end := context.WithCancel(process.Context())
	defer end()
	go func() {
		defer end() // if it is by a fault, Close tells it
		select {
		case <-s.Ended():
		case <-ctx.Done():
		}
	}()
	return graph.Run(ctx)
}

// names returns the names of this machine for browsers.
func (o *options) names() []string {
	ip := net.ParseIP(o.address)
	if !ip.IsUnspecified() {
		return append([]string{ip.String()}, o.hosts...)
	}
	names := append([]string{"127.0.0.1"}, o.hosts...)
	if machine, err := os.Hostname(); err == nil && machine != "" {
		names = append(names, machine)
	}
	return names
}

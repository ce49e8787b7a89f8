// Command av_view shows topics of images and sound in a browser.
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"

	"av_capture/src/internal/middleware"
	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/view/server"
)

// version is set by the build, from package.xml.
var version = "unknown"

const help = `av_view: shows images, sound and the state of the nodes as a page in a browser.

Usage: av_view [options] [--ros-args ...]

  --port N        port to listen on; 0 takes a free one (default 8090, or a free one if
                  another program has it)
  --address IP    address to listen on (default 127.0.0.1: browsers of this machine);
                  0.0.0.0 for browsers of all machines that reach this one
  --host NAME     a further name that browsers may have for this machine; may be given
                  several times, as for a name in DNS or the machine around a container
  --version       print the version and end
  --help          print this and end

It prints the page's address, with a token that is new at each start: who has it sees
and hears what the topics carry, and can do nothing else. The connection is not
encrypted: over networks that are not yours use ssh -L 8090:127.0.0.1:8090 robot.

It subscribes only while a page is open, and only to what the page shows.

Exit status: 0 ended by a signal, 1 an error in the arguments, 2 a fault, 3 ended by
force: it was asked to end, and something hung for 3 s, or it was asked twice.
`

// Ports. 8080 is web_video_server's.
const (
	usualPort = 8090
	anyPort   = -1 // the usual one, or a free one if it is taken
)

func main() {
	flags := flag.NewFlagSet("av_view", flag.ContinueOnError)
	o := &options{flags: flags}
	flags.IntVar(&o.port, "port", anyPort, "")
	flags.StringVar(&o.address, "address", "127.0.0.1", "")
	flags.Func("host", "", func(name string) error {
		o.hosts = append(o.hosts, name)
		return nil
	})
	program.Program{
		Name:    "av_view",
		Version: version,
		Help:    help,
		Flags:   flags,
		Run:     o.run,
	}.Main()
}

// run does the program's work.
func (o *options) run(start *program.Start) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := middleware.SeeAllTopics(); err != nil {
		return err
	}
	return subscriber.RunBase(start, "av_view", func(n *subscriber.Base) error { return o.serve(start, n) })
}

// options are the program's arguments.
type options struct {
	flags   *flag.FlagSet
	port    int
	address string
	hosts   []string
}

// check refuses options that cannot work.
func (o *options) check() error {
	switch {
	case o.flags.NArg() > 0:
		return program.UnknownArgument(o.flags.Arg(0))
	case o.port < anyPort || o.port > 65535:
		return param.Misconfigured("--port is %d, must be 0 to 65535", o.port)
	case net.ParseIP(o.address) == nil:
		return param.Misconfigured("--address is %q, must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0", o.address)
	}
	for _, name := range o.hosts {
		if name == "" || strings.ContainsAny(name, "/:@ ;,'\"") {
			return param.Misconfigured("--host is %q, must be a host's name without port and protocol, such as robot.example.org", name)
		}
	}
	return nil
}

// listen makes the server.
func (o *options) listen(config server.Config) (*server.Server, error) {
	port := o.port
	if port == anyPort {
		port = usualPort
	}
	config.Address = net.JoinHostPort(o.address, strconv.Itoa(port))
	s, err := server.Listen(config)
	if o.port == anyPort && errors.Is(err, syscall.EADDRINUSE) {
		config.Address = net.JoinHostPort(o.address, "0")
		s, err = server.Listen(config)
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%w; --port names another port, 0 takes a free one", err)
	}
	return s, err
}

package listener

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"av_capture/src/internal/param"
	"av_capture/src/internal/param/override"
	"av_capture/src/internal/param/service"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Exit statuses, as of av_capture.
const (
	exitUsage = 1 // starting again with the same arguments is pointless
	exitFault = 2
)

// UsageError says that a program cannot start with what it was given.
type UsageError struct{ err error }

// Usagef returns a UsageError, formatted as by [fmt.Errorf].
func Usagef(format string, values ...any) error {
	return &UsageError{fmt.Errorf(format, values...)}
}

// Error returns the reason.
func (e *UsageError) Error() string { return e.err.Error() }

// Unwrap returns what was wrong.
func (e *UsageError) Unwrap() error { return e.err }

// Program is a program with one node that listens to one topic.
type Program struct {
	Name    string // of the program and of its node, before remapping
	Version string
	Help    string        // what --help prints
	Flags   *flag.FlagSet // its own arguments, beside --help and --version

	// Run does what the program is for until ctx ends. A UsageError gives exit
	// status 1, other errors 2.
	Run func(ctx context.Context, n *Node) error
}

// Node is the ROS node of a program.
type Node struct {
	*rclgo.Node
	Topic string // full name of the topic with the sound

	services *service.Server
}

// Main runs the program with the arguments of the process and returns its exit
// status.
func (p Program) Main() int {
	// A file that may not grow any further is an error, not the end.
	signal.Ignore(syscall.SIGXFSZ)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	err := p.run(ctx, os.Args)
	if err == nil {
		return 0
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", p.Name, err)
	var usage *UsageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFault
}

func (p Program) run(ctx context.Context, args []string) (err error) {
	// First, since its errors name file, line and argument.
	overrides, err := override.Parse(args[1:])
	if err != nil {
		return &UsageError{err}
	}
	rosArgs, rest, err := rclgo.ParseArgs(args[1:])
	if err != nil {
		return &UsageError{err}
	}
	var version bool
	p.Flags.BoolVar(&version, "version", false, "")
	p.Flags.SetOutput(io.Discard) // the error says it all
	switch err := p.parse(rest); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Print(p.Help)
		return nil
	case err != nil:
		return Usagef("%w; see --help", err)
	case version:
		fmt.Println(p.Name, p.Version)
		return nil
	}
	parent, err := rclgo.NewContext(rclgo.ClockTypeSystemTime, rosArgs)
	if err != nil {
		// What there is to go wrong is given by arguments and environment.
		return Usagef("start ROS: %w", err)
	}
	defer func() { err = errors.Join(err, parent.Close()) }()
	n, err := p.node(parent, overrides)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.services.Close(), n.Close()) }()
	return p.Run(ctx, n)
}

// parse parses the arguments, among which options may stand anywhere.
func (p Program) parse(args []string) error {
	var others []string
	for {
		if err := p.Flags.Parse(args); err != nil {
			return err
		}
		args = p.Flags.Args()
		if len(args) == 0 {
			return p.Flags.Parse(append([]string{"--"}, others...))
		}
		others, args = append(others, args[0]), args[1:]
	}
}

// node makes the node and finds its parameters and its topic.
func (p Program) node(parent *rclgo.Context, overrides *param.Overrides) (_ *Node, err error) {
	node, err := parent.NewNode(p.Name, "")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, node.Close())
		}
	}()
	// What rclcpp's nodes declare by themselves, in files made for them.
	table := param.NewTable(nil).Foreign("use_sim_time", "start_type_description_service", "qos_overrides.")
	set, warnings, err := table.Resolve(node.FullyQualifiedName(), overrides)
	for _, warning := range append(warnings, overrides.Unused(param.Node{Name: node.FullyQualifiedName(), Table: table})...) {
		node.Logger().Warn(warning.String())
	}
	if err != nil {
		return nil, &UsageError{err}
	}
	topic, err := topicOf(node)
	if err != nil {
		return nil, err
	}
	n := &Node{Node: node, Topic: topic}
	n.services, err = service.New(node, set, service.DefaultEventsQos(), readOnly{node, table})
	return n, err
}

// readOnly is a node whose parameters are read-only, as its services see it.
type readOnly struct {
	node  *rclgo.Node
	table *param.Table
}

// Apply is never called with another value than before.
func (readOnly) Apply(context.Context, param.Set) (string, error) { return "", nil }

// Table returns the node's parameters.
func (r readOnly) Table() *param.Table { return r.table }

// InForce returns nothing: what was asked for is in force.
func (readOnly) InForce() map[string]param.Value { return nil }

// Warn logs what went wrong.
func (r readOnly) Warn(text string) { r.node.Logger().Warn(text) }

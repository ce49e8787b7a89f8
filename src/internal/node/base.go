package node

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"sync"
	"time"

	"av_capture/src/internal/param"
	"av_capture/src/internal/param/service"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Options are what main gives every node.
type Options struct {
	Name      string            // before remapping
	Overrides *param.Overrides  // start values of parameters
	Peers     *Peers            // (optional) the other nodes of the process
	Report    func(line string) // (optional) takes one line a second on what the node does
}

// base is what both nodes share: the ROS node, its executor, its parameters,
// the loop that keeps its source alive, and the report once a second.
type base struct {
	node        *rclgo.Node
	log         *rclgo.Logger
	executor    *executor
	options     Options
	table       *param.Table
	parameters  *service.Server
	supervisor  *supervisor
	first       session // of the source that the node starts with
	diagnostics *diagnostics
	mismatches  []*mismatch
	specifics
}

// specifics is what each node does in its own way.
type specifics struct {
	topics  []*topic              // whose quality of service can be overridden
	input   func(param.Set) input // what the parameters name to capture from
	foreign []string              // (optional) parameters that not every device has, of which nobody is warned

	// expects says whether the device of these parameters will declare further
	// ones. (optional)
	expects func(param.Set) bool

	// declared returns the table once the device has done so, nil before, and
	// inForce what it says of its parameters. (optional)
	declared func() *param.Table
	inForce  func() map[string]param.Value

	// report says what the node did since it was last called. The executor
	// calls it.
	report func() account

	// begin takes the parameters of the node's own table, as it starts with them,
	// and settles what topics are like. (optional)
	begin func(param.Set)

	// apply puts parameters into force, as service.Backend has it.
	apply func(ctx context.Context, asked param.Set) (remark string, err error)
}

// handlesHidden is done when the log has said what is missing without handles.
var handlesHidden sync.Once

const withoutHandles = "this rclgo hides rcl's handles: subscribers that ask for more than we publish are not named, and there is no ~/get_type_description"

// init makes the ROS node and resolves its parameters.
func (b *base) init(parent *rclgo.Context, options Options, table *param.Table, specifics specifics) (param.Set, error) {
	if options.Peers == nil {
		options.Peers = NewPeers()
	}
	b.options = options
	b.specifics = specifics
	var err error
	if b.node, err = parent.NewNode(options.Name, ""); err != nil {
		return param.Set{}, fmt.Errorf("node: %s: %w", options.Name, err)
	}
	// Before its publishers: those of two nodes with one name may be of one topic
	// with two types, which fails for a reason that helps nobody.
	if name := b.node.FullyQualifiedName(); !options.Peers.join(name) {
		return param.Set{}, Misconfigured("two nodes are called %s: rename one of them alone, as in -r camera:__node:=front, or run only one, as in --nodes camera", name)
	}
	b.log = b.node.Logger()
	if handleOf(b.node) == nil {
		handlesHidden.Do(func() { b.log.Warn(withoutHandles) })
	}
	if b.begin != nil {
		// What is wrong with them is told below, with all the others.
		if set, _, err := table.Resolve(b.node.FullyQualifiedName(), options.Overrides); err == nil {
			b.begin(set)
		}
	}
	// Two cameras must not look as if they were at one place.
	table = table.WithDefault(frameIDName, param.String(b.shortName()))
	if table, err = b.extendedByTopics(table); err != nil {
		return param.Set{}, err
	}
	if b.table, err = b.extended(table); err != nil {
		return param.Set{}, err
	}
	set, warnings, err := b.start()
	for _, warning := range warnings {
		b.log.Warn(warning.String())
	}
	if err != nil {
		return param.Set{}, &ConfigurationError{err}
	}
	if b.diagnostics, err = newDiagnostics(b.node, set, b.input); err != nil {
		return param.Set{}, err
	}
	if b.executor, err = newExecutor(parent); err != nil {
		return param.Set{}, fmt.Errorf("node: %s: executor: %w", options.Name, err)
	}
	timer, err := parent.NewTimer(time.Second, func(*rclgo.Timer) { b.tell() })
	if err != nil {
		return param.Set{}, fmt.Errorf("node: %s: timer: %w", options.Name, err)
	}
	b.executor.add(timer)
	events, err := b.resolve(parameterEvents)
	if err != nil {
		return param.Set{}, err
	}
	b.supervisor = newSupervisor(b.log, reconnectInterval(set), func() { b.parameters.Refresh() })
	if b.parameters, err = service.New(b.node, set, overridden(service.DefaultEventsQos(), set, events), backend{b}); err != nil {
		return param.Set{}, err
	}
	b.executor.serve(b.parameters.Services()...)
	setCapture, err := b.newSetCapture()
	if err != nil {
		return param.Set{}, err
	}
	b.executor.serve(setCapture)
	if handleOf(b.node) != nil && set.Bool(typeDescription) {
		description, err := newTypeDescription(b.node)
		if err != nil {
			return param.Set{}, err
		}
		b.executor.serve(description)
	}
	warnOfSimulatedTime(b.log, set)
	return set, nil
}

// shortName returns the node's name after remapping, without its namespace.
func (b *base) shortName() string { return path.Base(b.node.FullyQualifiedName()) }

// start returns the parameters that the node starts with.
func (b *base) start() (param.Set, []param.Warning, error) {
	name := b.node.FullyQualifiedName()
	if b.expects == nil {
		return b.table.Resolve(name, b.options.Overrides)
	}
	whole := b.table
	b.table = whole.Expecting(expectingControls)
	set, warnings, err := b.table.Resolve(name, b.options.Overrides)
	if err == nil && !b.expects(set) {
		b.table, set = whole, set.Rebase(whole)
		return set, append(whole.Unknown(name, b.options.Overrides), warnings...), nil
	}
	if err == nil {
		b.options.Peers.expect(name)
	}
	return set, warnings, err
}

// knownLate warns of parameters given at start that might have been declared by
// the device, which has done so now.
func (b *base) knownLate(table *param.Table) {
	name := b.node.FullyQualifiedName()
	warnings := table.Unknown(name, b.options.Overrides)
	for _, warning := range append(warnings, b.options.Peers.know(name, table, b.options.Overrides)...) {
		b.log.Warn(warning.String())
	}
}

// backend is the node as its parameter services see it.
type backend struct{ *base }

// Apply puts what all nodes have into force after what the node itself has.
func (b backend) Apply(ctx context.Context, asked param.Set) (remark string, err error) {
	before := b.parameters.Values()
	if remark, err = b.apply(ctx, asked); err != nil {
		return "", err
	}
	b.supervisor.setInterval(reconnectInterval(asked))
	b.diagnostics.apply(asked)
	if !before.Bool(useSimTime) {
		warnOfSimulatedTime(b.log, asked)
	}
	return remark, nil
}

// Table returns the parameters that are declared now.
func (b backend) Table() *param.Table {
	if b.declared != nil {
		if table := b.declared(); table != nil {
			return table
		}
	}
	return b.table
}

// InForce returns what the source gives.
func (b backend) InForce() map[string]param.Value {
	given := b.supervisor.inForce()
	if b.specifics.inForce == nil {
		return given
	}
	all := b.specifics.inForce()
	maps.Copy(all, given)
	return all
}

// watch has subscribers named that ask a publisher for more than it gives.
func (b *base) watch(topic *topic, publisher *rclgo.Publisher, qos rclgo.QosProfile) error {
	m, err := newMismatch(b.node, topic, publisher, qos)
	if err == nil {
		b.log.Debugf("publishing %s: depth %d, deadline %v", publisher.TopicName, qos.Depth, qos.Deadline)
		b.mismatches = append(b.mismatches, m)
	}
	return err
}

// tell passes the report on. It runs on the executor's thread.
func (b *base) tell() {
	account := b.report()
	if account.trouble != "" {
		b.log.Warn(account.trouble)
	}
	if b.options.Report != nil {
		b.options.Report(fmt.Sprintf("%-16s %s", b.node.FullyQualifiedName(), account.line))
	}
	for _, m := range b.mismatches {
		warnings, err := m.check()
		if err != nil {
			b.log.Warn(err)
		}
		for _, warning := range warnings {
			b.log.Warn(warning)
		}
	}
	if err := b.diagnostics.publish(account, &b.supervisor.state); err != nil {
		b.log.Warn(err)
	}
}

// run keeps the source alive and spins until ctx ends or the executor fails.
func (b *base) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var capturing sync.WaitGroup
	capturing.Go(func() { b.supervisor.run(ctx, b.first) })
	err := b.executor.run(ctx)
	cancel()
	capturing.Wait()
	return err
}

// close gives everything back that init took, and the publishers with the node.
func (b *base) close() error {
	var errs []error
	if b.parameters != nil {
		errs = append(errs, b.parameters.Close())
	}
	if b.executor != nil {
		errs = append(errs, b.executor.close())
	}
	for _, m := range b.mismatches {
		errs = append(errs, m.close())
	}
	b.mismatches = nil
	if b.node != nil {
		errs = append(errs, b.node.Close())
	}
	return errors.Join(errs...)
}

// publisherOptions returns the quality of service of our topics: reliable,
// volatile, keep last depth, so that every volatile subscriber matches.
func publisherOptions(depth int) *rclgo.PublisherOptions {
	qos := rclgo.NewDefaultQosProfile()
	qos.Reliability = rclgo.ReliabilityReliable
	qos.Durability = rclgo.DurabilityVolatile
	qos.History = rclgo.HistoryKeepLast
	qos.Depth = depth
	return &rclgo.PublisherOptions{Qos: qos}
}

// Parameters returns the node's name, after remapping, and its parameters.
func (b *base) Parameters() param.Node {
	return param.Node{Name: b.node.FullyQualifiedName(), Table: b.table}
}

// Info logs what concerns the node.
func (b *base) Info(text string) { b.log.Info(text) }

// Warn logs a warning that concerns the node.
func (b *base) Warn(text string) { b.log.Warn(text) }

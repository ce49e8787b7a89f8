package node

import (
	"context"
	"errors"
	"fmt"
	"path"
	"sync"
	"time"

	"av_capture/src/internal/access"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/param"
	"av_capture/src/internal/param/service"
	"av_capture/src/internal/rclext"
	"av_capture/src/internal/supervisor"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Options are main's options for every node.
type Options struct {
	Name      string            // before remapping
	Overrides *param.Overrides  // start values of parameters
	Peers     *Peers            // (optional) the other nodes of the process
	Report    func(line string) // (optional) takes the line of each report

	// Doing notes in words that something is under way, until done is called. (optional)
	Doing func(what string) (done func())
}

// Base is embedded in every node of ours: the ROS node, its executor, its parameters,
// the loop that keeps its source alive, and the report once a second.
type Base struct {
	ROS        *rclgo.Node
	Log        *rclgo.Logger
	Options    Options
	Supervisor *supervisor.Supervisor
	Clock      clock.Stamps // of all topics

	hooks       Hooks
	executor    *executor
	table       *param.Table
	parameters  *service.Server
	diagnostics *diagnostics
	managed     *managed // nil unless parameter lifecycle is true
	gate        gate     // shut while a managed node is not active
	publishers  []*Publisher
	duplicates  duplicateNames
}

// handlesHidden is done when withoutHandles has been logged.
var handlesHidden sync.Once

const withoutHandles = "this rclgo hides rcl's handles: subscribers that ask for more than we publish are not named, and there is no ~/get_type_description"

// Init makes the ROS node with its services, and returns its start parameters.
func (b *Base) Init(parent *rclgo.Context, options Options, table *param.Table, hooks Hooks) (param.Set, error) {
	if options.Peers == nil {
		options.Peers = NewPeers()
	}
	if options.Doing == nil {
		options.Doing = func(string) func() { return func() {} }
	}
	b.Options = options
	b.hooks = hooks
	if err := b.newNode(parent); err != nil {
		return param.Set{}, err
	}
	set, err := b.declareParameters(table)
	if err != nil {
		return param.Set{}, err
	}
	if err := b.newReports(parent, set); err != nil {
		return param.Set{}, err
	}
	if err := b.newServices(set); err != nil {
		return param.Set{}, err
	}
	warnOfSimulatedTime(b.Log, set)
	return set, nil
}

// newNode makes the ROS node.
func (b *Base) newNode(parent *rclgo.Context) (err error) {
	if b.ROS, err = parent.NewNode(b.Options.Name, ""); err != nil {
		return fmt.Errorf("node: %s: %w", b.Options.Name, err)
	}
	// Before its publishers: two nodes with one name may publish one topic with two
	// types, which fails with an obscure error.
	if name := b.ROS.FullyQualifiedName(); !b.Options.Peers.join(name) {
		return param.Misconfigured("two nodes are called %s: rename one of them alone, as in -r camera:__node:=front, or run only one, as in --nodes camera", name)
	}
	b.Log = b.ROS.Logger()
	if rclext.HandleOf(b.ROS) == nil {
		handlesHidden.Do(func() { b.Log.Warn(withoutHandles) })
	}
	return nil
}

// declareParameters extends the node's own table by the parameters of every node,
// and returns the start values.
func (b *Base) declareParameters(table *param.Table) (param.Set, error) {
	if b.hooks.Begin != nil {
		// Errors are returned below, with those of all other parameters.
		if set, _, err := table.Resolve(b.ROS.FullyQualifiedName(), b.Options.Overrides); err == nil {
			b.hooks.Begin(set)
		}
	}
	// Two cameras must not look as if they were at one place.
	table = table.WithDefault(frameIDName, param.String(b.shortName()))
	table, err := b.extendedByTopics(table)
	if err != nil {
		return param.Set{}, err
	}
	if b.table, err = b.extended(table); err != nil {
		return param.Set{}, err
	}
	set, warnings, err := b.startParameters()
	for _, warning := range warnings {
		b.Warn(warning.String())
	}
	if err != nil {
		return param.Set{}, param.Misconfigured("%w", err)
	}
	return set, nil
}

// newReports makes the executor, and what reports are made with.
func (b *Base) newReports(parent *rclgo.Context, set param.Set) (err error) {
	if b.diagnostics, err = newDiagnostics(b.ROS, set, b.hooks.Input); err != nil {
		return err
	}
	if b.executor, err = newExecutor(parent); err != nil {
		return fmt.Errorf("node: %s: executor: %w", b.Options.Name, err)
	}
	b.executor.watch(b.ROS, b.Options.Peers)
	b.duplicates = duplicateNames{peers: b.Options.Peers, names: b.ROS.GetNodeNames, own: b.ROS.FullyQualifiedName()}
	return nil
}

// newServices makes the services of every node, and the supervisor behind them.
func (b *Base) newServices(set param.Set) error {
	events, err := b.resolve(parameterEvents)
	if err != nil {
		return err
	}
	b.Supervisor = supervisor.New(b.Log, reconnectInterval(set), func() { b.parameters.Refresh() })
	if b.parameters, err = service.New(b.ROS, set, overridden(service.DefaultEventsQos(), set, events), backend{b}); err != nil {
		return err
	}
	b.executor.serve(b.parameters.Services()...)
	setCapture, err := b.newSetCapture()
	if err != nil {
		return err
	}
	b.executor.serve(setCapture)
	if err := b.manage(set); err != nil {
		return err
	}
	if rclext.HandleOf(b.ROS) != nil && set.Bool(typeDescription) {
		description, err := newTypeDescription(b.ROS)
		if err != nil {
			return err
		}
		b.executor.serve(description)
	}
	return nil
}

// shortName returns the node's name after remapping, without its namespace.
func (b *Base) shortName() string { return path.Base(b.ROS.FullyQualifiedName()) }

// reportInterval is the time from one report to the next.
const reportInterval = time.Second

// publishReports publishes a report once a second until ctx ends. It is no timer of the
// executor's, which would then wait anew for each: Go's monitor thread looks at a call of C that
// waits some twenty times before it leaves it alone.
func (b *Base) publishReports(ctx context.Context) error {
	alarm, err := clock.NewAlarm(ctx)
	if err != nil {
		return fmt.Errorf("node: %s: reports: %w", b.Options.Name, err)
	}
	defer alarm.Close()
	for alarm.Wait(clock.NextTick(reportInterval)) {
		b.publishReport()
	}
	return nil
}

// publishReport logs and publishes the report. It runs on the goroutine of publishReports, as
// all that it calls.
func (b *Base) publishReport() {
	report := b.hooks.Report()
	b.reportClockSteps(&report)
	b.reportDuplicates(&report)
	if report.Trouble != "" {
		b.Log.Warn(report.Trouble)
	}
	if b.Options.Report != nil {
		b.Options.Report(fmt.Sprintf("%-16s %s", b.ROS.FullyQualifiedName(), report.Line))
	}
	phase, _, _ := b.Supervisor.State().Get()
	for _, p := range b.publishers {
		if q := p.incompatible.Load(); q != nil {
			for _, warning := range q.check(phase == supervisor.Running) {
				b.Log.Warn(warning)
			}
		}
	}
	b.managed.report(&report)
	if err := b.diagnostics.publishStatus(report, b.Supervisor.State(), b.Supervisor.Left()); err != nil {
		b.Log.Warn(err)
	}
}

// Run keeps the source alive, beginning with the session first, and spins until ctx
// ends or the executor fails.
func (b *Base) Run(ctx context.Context, first supervisor.Session) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var running sync.WaitGroup
	running.Add(2)
	go func() {
		defer running.Done()
		defer b.Doing("the source of")()
		b.Supervisor.Run(ctx, first)
	}()
	var reporting error
	go func() {
		defer running.Done()
		defer b.Doing("a report of")()
		if reporting = b.publishReports(ctx); reporting != nil {
			cancel()
		}
	}()
	done := b.Doing("a callback of")
	err := b.executor.run(ctx)
	done()
	cancel()
	running.Wait()
	return errors.Join(err, reporting)
}

// Serve adds services to the executor. Their owner closes them, after Run. It must not
// be called while Run is running.
func (b *Base) Serve(services ...*rclgo.Service) { b.executor.serve(services...) }

// Doing notes that something is under way in the node, until done is called.
func (b *Base) Doing(what string) (done func()) {
	return b.Options.Doing(what + " " + b.ROS.FullyQualifiedName())
}

// Close frees everything that Init took, and closes the publishers with the node.
func (b *Base) Close() error {
	var errs []error
	if b.parameters != nil {
		errs = append(errs, b.parameters.Close())
	}
	if b.managed != nil {
		errs = append(errs, b.managed.server.Close())
	}
	if b.executor != nil {
		errs = append(errs, b.executor.close())
	}
	if b.ROS != nil {
		errs = append(errs, b.ROS.Close())
	}
	return errors.Join(errs...)
}

// Info logs a text that concerns the node, without passwords.
func (b *Base) Info(text string) { b.Log.Info(access.Masked(text)) }

// Warn logs a warning that concerns the node, without passwords.
func (b *Base) Warn(text string) { b.Log.Warn(access.Masked(text)) }

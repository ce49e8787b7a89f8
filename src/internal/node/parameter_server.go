package node

import (
	"context"
	"maps"

	"av_capture/src/internal/param"
)

// startParameters returns the parameters that the node starts with.
func (b *Base) startParameters() (param.Set, []param.Warning, error) {
	name := b.ROS.FullyQualifiedName()
	if b.hooks.Expects == nil {
		return b.table.Resolve(name, b.Options.Overrides)
	}
	table := b.table
	b.table = table.Expecting(b.hooks.Expecting)
	set, warnings, err := b.table.Resolve(name, b.Options.Overrides)
	if err == nil && !b.hooks.Expects(set) {
		b.table, set = table, set.Rebase(table)
		return set, append(table.Undeclared(name, b.Options.Overrides), warnings...), nil
	}
	if err == nil {
		b.Options.Peers.expect(name)
	}
	return set, warnings, err
}

// WarnUndeclared warns of parameters given at start that the device, which has
// declared its own by now, does not have either.
func (b *Base) WarnUndeclared(table *param.Table) {
	name := b.ROS.FullyQualifiedName()
	warnings := table.Undeclared(name, b.Options.Overrides)
	for _, warning := range append(warnings, b.Options.Peers.know(name, table, b.Options.Overrides)...) {
		b.Warn(warning.String())
	}
}

// backend is the node as its parameter services see it.
type backend struct{ *Base }

// Apply puts the parameters of every node into force after the node's own.
func (b backend) Apply(ctx context.Context, asked param.Set) (remark string, err error) {
	before := b.parameters.Values()
	if remark, err = b.hooks.Apply(ctx, asked); err != nil {
		return "", err
	}
	b.Supervisor.SetInterval(reconnectInterval(asked))
	b.diagnostics.apply(asked)
	if !before.Bool(useSimTime) {
		warnOfSimulatedTime(b.Log, asked)
	}
	return remark, nil
}

// Table returns the parameters that are declared now.
func (b backend) Table() *param.Table {
	if b.hooks.Declared != nil {
		if table := b.hooks.Declared(); table != nil {
			return table
		}
	}
	return b.table
}

// InForce returns the values that the source gives.
func (b backend) InForce() map[string]param.Value {
	given := b.Supervisor.InForce()
	if b.hooks.InForce == nil {
		return given
	}
	all := b.hooks.InForce()
	maps.Copy(all, given)
	return all
}

// Values returns the parameters in force.
func (b *Base) Values() param.Set { return b.parameters.Values() }

// Refresh reads the device's parameters anew, of which some have changed.
func (b *Base) Refresh() { b.parameters.Refresh() }

// Do queues a job among changes of parameters, or calls refuse if too many wait.
func (b *Base) Do(job func(ctx context.Context), refuse func(busy error)) {
	b.parameters.Do(job, refuse)
}

// Parameters returns the node's name, after remapping, and its parameters.
func (b *Base) Parameters() param.Node {
	return param.Node{Name: b.ROS.FullyQualifiedName(), Table: b.table}
}

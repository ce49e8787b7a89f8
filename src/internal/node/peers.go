package node

import (
	"slices"
	"sync"
	"sync/atomic"

	"av_capture/src/internal/param"
)

// Peers are the nodes of one process. They know each other's names, no two of which
// may be the same; their parameters, so that one given to all nodes is unknown only
// if no node has it; and the files of their calibrations, since each camera should
// have its own. Any goroutine may call the methods.
type Peers struct {
	tables  []*param.Table // of all nodes that the program can run
	watched atomic.Bool    // a node reports changes of the graph
	graph   atomic.Uint64  // changes of the graph

	mu       sync.Mutex
	names    []string                // fully qualified
	late     []string                // of nodes whose devices have yet to declare parameters
	declared map[string]*param.Table // of nodes whose devices have done so, by name
	files    map[string]string       // of calibrations, and the names of their cameras
}

// NewPeers returns Peers without a node. tables are the parameters of all nodes that
// the program can run: a file or an argument may be for a node of another process.
func NewPeers(tables ...*param.Table) *Peers {
	return &Peers{tables: tables, declared: map[string]*param.Table{}, files: map[string]string{}}
}

// join adds a node. It returns false if another one has its name.
func (p *Peers) join(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.names, name) {
		return false
	}
	p.names = append(p.names, name)
	return true
}

// watchesGraph announces calls of graphChanged. first is true for the first node that
// calls it: this node reports for all.
func (p *Peers) watchesGraph() (first bool) { return p.watched.CompareAndSwap(false, true) }

// graphChanged notes that nodes have come or gone.
func (p *Peers) graphChanged() { p.graph.Add(1) }

// graphSince reports whether the graph may have changed since seen, the number that
// an earlier call returned, 0 at first.
func (p *Peers) graphSince(seen uint64) (now uint64, changed bool) {
	now = p.graph.Load() + 1
	return now, now != seen || !p.watched.Load()
}

// expect notes that a node's device will declare further parameters.
func (p *Peers) expect(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = append(p.late, name)
}

// know notes the parameters of a node whose device has declared them. After the last
// such node it returns warnings of -p arguments for all nodes that no node has.
func (p *Peers) know(name string, table *param.Table, overrides *param.Overrides) []param.Warning {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.declared[name] = table
	p.late = slices.DeleteFunc(p.late, func(other string) bool { return other == name })
	if len(p.late) > 0 {
		return nil
	}
	var nodes []param.Node
	for _, name := range p.names {
		nodes = append(nodes, param.Node{Name: name, Table: p.declared[name]})
	}
	return overrides.UndeclaredAnywhere(nodes, p.tables)
}

// ClaimCalibration notes the file of a camera's calibration. It returns the name of
// the camera that has claimed the file before, empty if there is none.
func (p *Peers) ClaimCalibration(name, file string) (other string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if other, ok := p.files[file]; ok {
		return other
	}
	p.files[file] = name
	return ""
}

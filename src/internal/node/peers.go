package node

import (
	"slices"
	"sync"

	"av_capture/src/internal/param"
)

// Peers are the nodes of one process, as they know of each other: by their
// names, of which no two may be the same, and by their parameters, so that what
// was given to all of them is unknown only if none of them knows it; and by the
// files of their calibrations, of which each camera should have its own. Any
// goroutine may call the methods.
type Peers struct {
	kinds []*param.Table

	mu       sync.Mutex
	names    []string                // of those that there are, fully qualified
	late     []string                // of those that will know their parameters when their device is there
	declared map[string]*param.Table // of those that do by now
	files    map[string]string       // of calibrations, and whose they are
}

// NewPeers returns no nodes yet. kinds are the parameters of all the nodes that
// the program can run, of which a file or an argument may be for another process.
func NewPeers(kinds ...*param.Table) *Peers {
	return &Peers{kinds: kinds, declared: map[string]*param.Table{}, files: map[string]string{}}
}

// join adds a node, and says whether no other one has its name.
func (p *Peers) join(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.names, name) {
		return false
	}
	p.names = append(p.names, name)
	return true
}

// expect says that a node's device will declare further parameters.
func (p *Peers) expect(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = append(p.late, name)
}

// know notes the parameters of a node whose device has declared them, and
// returns warnings of -p arguments for all nodes that none of them has. Only the
// last node to know can tell.
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
	return overrides.Strange(nodes, p.kinds)
}

// calibrate notes the file of a camera's calibration, and returns the name of
// the camera whose file it is already, empty if there is none.
func (p *Peers) calibrate(name, file string) (other string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if other, ok := p.files[file]; ok {
		return other
	}
	p.files[file] = name
	return ""
}

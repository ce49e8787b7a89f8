package param

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Node is a node that this program can run, and its parameters.
type Node struct {
	Name  string // fully qualified, after remapping
	Table *Table
}

// Unused warns of what no node will read: sections whose key is nearly the name
// of a node that has no section of its own, files without anything for any
// node, and -p arguments that no node knows.
//
// Nodes that this program could run but does not are to be among nodes too,
// since one file often serves several processes. For the same reason a section
// for a wholly different node is no cause for a warning.
func (o *Overrides) Unused(nodes ...Node) []Warning {
	if o == nil {
		return nil
	}
	var warnings []Warning
	warn := func(format string, arguments ...any) {
		warnings = append(warnings, Warning{"", fmt.Sprintf(format, arguments...)})
	}
	names := each(nodes, func(n Node) string { return n.Name })
	var neglected []string // nodes without a section of their own
	for _, name := range names {
		if !slices.ContainsFunc(o.Sections, func(s Section) bool { return !isPattern(s.Node) && matchNode(s.Node, name) }) {
			neglected = append(neglected, name)
		}
	}
	for _, section := range o.Sections {
		matches := slices.ContainsFunc(names, func(name string) bool { return matchNode(section.Node, name) })
		for _, override := range section.Parameters {
			argument := override.Origin.Argument
			switch {
			case argument == "":
			case !matches:
				warn("-p %s has no effect: no node is named %s%s", argument, absolute(section.Node), properName(section.Node, names))
			case isPattern(section.Node) && nobodyKnows(override.Name, nodes):
				warn("%s", strange(override, nodes))
			}
		}
	}
	for _, file := range o.files() {
		var strangers []string // keys in the file that are for none of the nodes
		matched, told := false, false
		for _, section := range o.Sections {
			if !slices.ContainsFunc(section.Parameters, func(p Override) bool { return p.Origin.File == file }) {
				continue
			}
			if slices.ContainsFunc(names, func(name string) bool { return matchNode(section.Node, name) }) {
				matched = true
				continue
			}
			strangers = append(strangers, section.Node)
			if proper := properName(section.Node, neglected); proper != "" && !isPattern(section.Node) {
				warn("section %s in %s has no effect: no node has this name%s", section.Node, file, proper)
				told = true
			}
		}
		if !matched && !told {
			warn("%s has nothing for %s, only for %s", file, strings.Join(names, " and "), strings.Join(strangers, ", "))
		}
	}
	return warnings
}

// nobodyKnows says whether none of the nodes has a parameter.
func nobodyKnows(name string, nodes []Node) bool {
	return !slices.ContainsFunc(nodes, func(n Node) bool { return n.Table.knows(name) })
}

// strange says that a -p argument without a node's name is for none of the nodes.
func strange(override Override, nodes []Node) string {
	return fmt.Sprintf("-p %s has no effect: no node has such a parameter%s", override.Origin.Argument, didYouMean(override.Name, allNames(nodes)))
}

// Strange warns of -p arguments without a node's name that were taken for
// parameters which a node would have, and that nobody has, now that all nodes
// know what they have; a node's Table may be nil where it is one of kinds, which
// are those of all nodes that this program could run.
func (o *Overrides) Strange(nodes []Node, kinds []*Table) []Warning {
	if o == nil {
		return nil
	}
	known := slices.DeleteFunc(slices.Clone(nodes), func(n Node) bool { return n.Table == nil })
	for _, kind := range kinds {
		known = append(known, Node{Table: kind})
	}
	var warnings []Warning
	for _, section := range o.Sections {
		if !isPattern(section.Node) || !slices.ContainsFunc(nodes, func(n Node) bool { return matchNode(section.Node, n.Name) }) {
			continue
		}
		for _, override := range section.Parameters {
			if override.Origin.Argument != "" && nobodyKnows(override.Name, known) {
				warnings = append(warnings, Warning{"", strange(override, known)})
			}
		}
	}
	return warnings
}

// files returns the parameter files that gave a value which was not overwritten.
func (o *Overrides) files() []string {
	var files []string
	for _, section := range o.Sections {
		for _, override := range section.Parameters {
			if file := override.Origin.File; file != "" && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files
}

// properName returns the end of a sentence that proposes the node which a key
// was most likely meant for, or nothing.
func properName(key string, nodes []string) string {
	if !strings.Contains(strings.TrimPrefix(key, "/"), "/") {
		for _, node := range nodes {
			if path.Base(node) == path.Base(key) {
				return fmt.Sprintf("; did you mean %s? A name is looked for in the root namespace only; /**/%s is found in all", node, path.Base(node))
			}
		}
	}
	return didYouMean(absolute(key), nodes)
}

func allNames(nodes []Node) []string {
	var names []string
	for _, node := range nodes {
		names = append(names, node.Table.names()...)
	}
	return names
}

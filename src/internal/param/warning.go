package param

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Warning tells the user of a value that has no effect. The caller logs it. By its cause, it
// comes from
//
//   - [Table.Undeclared]: it is for one node, which has no such parameter;
//   - Table.obsoleteGiven: the node has the parameter no more;
//   - Table.shadowed: another section of the same node comes first;
//   - [Overrides.Unmatched]: no node of the program has the section's name, or none the parameter
//     of a -p argument without a node's name;
//   - [Overrides.UndeclaredAnywhere]: the same of such an argument, once devices have declared
//     parameters of their own.
//
// [Table.Resolve] returns those of the first three.
type Warning struct {
	Node string // fully qualified name of the node that it concerns; empty for the whole process
	Text string
}

// String returns the text.
func (w Warning) String() string { return w.Text }

// Undeclared warns of parameters that are given to exactly this node, which does not declare
// them.
func (t *Table) Undeclared(node string, overrides *Overrides) []Warning {
	var warnings []Warning
	for _, section := range overrides.matching(node) {
		if isPattern(section.Node) {
			continue
		}
		for _, override := range section.Parameters {
			if !t.knows(override.Name) {
				if len(warnings) == MaxTold {
					return append(warnings, Warning{node, fmt.Sprintf("node %s has not got others of the parameters that are given to it, either", node)})
				}
				warnings = append(warnings, Warning{node, fmt.Sprintf("%s has no effect: node %s has no such parameter%s",
					subject(override), node, didYouMean(override.Name, t.names()))})
			}
		}
	}
	return warnings
}

// obsoleteGiven warns of obsolete parameters among the given ones.
func (t *Table) obsoleteGiven(node string, given map[string]Override) []Warning {
	var warnings []Warning
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if why := t.obsolete[name]; why != nil {
			if reason := why(given[name].Value); reason != "" {
				warnings = append(warnings, Warning{node, fmt.Sprintf("%s has no effect: %s", subject(given[name]), reason)})
			}
		}
	}
	return warnings
}

// shadowed warns of values that come after the one that counts and differ from it: users
// expect the last one to count.
func (t *Table) shadowed(node string, overrides *Overrides) []Warning {
	var warnings []Warning
	sections := overrides.matching(node)
	for i := range t.declarations {
		name := t.declarations[i].Name
		var taken Override
		var takenKey string
		for _, section := range sections {
			for _, override := range section.Parameters {
				if override.Name == name {
					taken, takenKey = override, section.Node
				}
			}
		}
		for _, section := range sections {
			for _, override := range section.Parameters {
				if override.Name != name || override.Origin.Position <= taken.Origin.Position || override.Value.Equal(taken.Value) {
					continue
				}
				cure := "give it under " + takenKey + " as well"
				if key := strings.TrimPrefix(takenKey, "/"); override.Origin.Argument != "" && !strings.Contains(key, "/") && !isPattern(key) {
					cure = fmt.Sprintf("write -p %s:%s:=%s", key, name, override.text())
				}
				warnings = append(warnings, Warning{node, fmt.Sprintf(
					"%s has no effect on node %s: %s %s under %s comes first, because ROS goes by the order in which node names appear; %s",
					subject(override), node, taken.text(), taken.Origin, takenKey, cure)})
			}
		}
	}
	return warnings
}

// subject names an override, for the start of a sentence.
func subject(override Override) string {
	text := "parameter " + Quoted(override.Name)
	if origin := override.Origin.String(); origin != "" {
		text += " " + origin
	}
	return text
}

// Node is a node that this program can run, and its parameters.
type Node struct {
	Name  string // fully qualified, after remapping
	Table *Table
}

// Unmatched warns of values that no node will read: sections whose key resembles the name of a
// node without a section of its own, files without a value for any node, and -p arguments that
// no node knows.
//
// nodes is to hold the nodes that this program can run and does not, too, since one file often
// serves several processes. For the same reason a section for an unrelated node gives no
// warning.
func (o *Overrides) Unmatched(nodes ...Node) []Warning {
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
			case isPattern(section.Node) && noneKnows(override.Name, nodes):
				warn("%s", undeclaredAnywhere(override, nodes))
			}
		}
	}
	for _, file := range o.files() {
		var others []string // keys in the file that are for none of the nodes
		matched, told := false, false
		for _, section := range o.Sections {
			if !slices.ContainsFunc(section.Parameters, func(p Override) bool { return p.Origin.File == file }) {
				continue
			}
			if slices.ContainsFunc(names, func(name string) bool { return matchNode(section.Node, name) }) {
				matched = true
				continue
			}
			others = append(others, section.Node)
			if proper := properName(section.Node, neglected); proper != "" && !isPattern(section.Node) {
				warn("section %s in %s has no effect: no node has this name%s", section.Node, file, proper)
				told = true
			}
		}
		if !matched && !told {
			warn("%s has nothing for %s, only for %s", file, strings.Join(names, " and "), strings.Join(others, ", "))
		}
	}
	return warnings
}

// noneKnows reports whether none of the nodes has a parameter.
func noneKnows(name string, nodes []Node) bool {
	return !slices.ContainsFunc(nodes, func(n Node) bool { return n.Table.knows(name) })
}

// undeclaredAnywhere is the warning that no node has the parameter of a -p argument without
// a node's name.
func undeclaredAnywhere(override Override, nodes []Node) string {
	return fmt.Sprintf("-p %s has no effect: no node has such a parameter%s", override.Origin.Argument, didYouMean(override.Name, allNames(nodes)))
}

// UndeclaredAnywhere warns of -p arguments without a node's name whose parameter no node
// has, although a node was expected to add it later. It is for when all nodes are complete.
// kinds are the tables of all nodes that this program can run; a node's Table may be nil if
// it is of kinds.
func (o *Overrides) UndeclaredAnywhere(nodes []Node, kinds []*Table) []Warning {
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
			if override.Origin.Argument != "" && noneKnows(override.Name, known) {
				warnings = append(warnings, Warning{"", undeclaredAnywhere(override, known)})
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

// properName returns the end of a sentence that proposes the node that a key most likely
// means, or "".
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

package param

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Overrides is what the user gave in parameter files and on the command line,
// for all nodes of the process, in the order in which rcl's parser has it.
// Package param/override makes it; it does not change afterwards. A nil
// *Overrides is empty.
type Overrides struct {
	Sections []Section // in the order in which their keys first appear; of two that match a node, the later wins
}

// Section is what was given under one key, by all files and the command line
// together.
type Section struct {
	Node       string // the key: a node's name, relative or fully qualified, or a pattern with * and **; "/**" for a -p without prefix
	Parameters []Override
}

// Override is one parameter that the user gave.
type Override struct {
	Name   string
	Value  Value
	Origin Origin
}

// Origin says where a value came from. The zero Origin is unknown.
type Origin struct {
	File     string // the parameter file as it was given; empty for the command line
	Argument string // the -p argument as it was given, as in "camera:framerate:=15.0"; empty for a file
	Position int    // of the argument among the process's arguments: what is given later has a higher one
}

// String returns the place in words that follow a parameter's name, as in "in
// config.yaml" or "on the command line"; nothing when it is unknown.
func (o Origin) String() string {
	switch {
	case o.File != "":
		return "in " + o.File
	case o.Argument != "":
		return "on the command line"
	}
	return ""
}

// For returns what was given for a node, by parameter, given the node's fully
// qualified name after remapping: of all sections whose key matches it, the
// last one that has the parameter.
//
// This is rclcpp's rule. It has a consequence that surprises: a section keeps
// the place where its key first appeared, so that a -p without prefix, which
// goes into section "/**", does not win over a file that has the parameter in a
// section of the node's own below a section "/**".
func (o *Overrides) For(node string) map[string]Override {
	given := make(map[string]Override)
	for _, section := range o.matching(node) {
		for _, override := range section.Parameters {
			given[override.Name] = override
		}
	}
	return given
}

// matching returns the sections for a node in their order.
func (o *Overrides) matching(node string) []Section {
	if o == nil {
		return nil
	}
	var sections []Section
	for _, section := range o.Sections {
		if matchNode(section.Node, node) {
			sections = append(sections, section)
		}
	}
	return sections
}

// matchNode says whether the key of a section is for a node, given by its fully
// qualified name: "*" stands for one name, "**" for any number of names, none
// included, and a key without leading slash is in the root namespace.
func matchNode(key, node string) bool {
	return matchNames(strings.Split(absolute(key), "/")[1:], strings.Split(absolute(node), "/")[1:])
}

func matchNames(key, node []string) bool {
	for len(key) > 0 {
		if key[0] == "**" {
			for skip := range len(node) + 1 {
				if matchNames(key[1:], node[skip:]) {
					return true
				}
			}
			return false
		}
		if len(node) == 0 || key[0] != "*" && key[0] != node[0] {
			return false
		}
		key, node = key[1:], node[1:]
	}
	return len(node) == 0
}

func absolute(name string) string {
	if strings.HasPrefix(name, "/") {
		return name
	}
	return "/" + name
}

func isPattern(key string) bool { return strings.Contains(key, "*") }

// Unknown warns of parameters that are given to exactly this node and that it
// does not have.
func (t *Table) Unknown(node string, overrides *Overrides) []Warning {
	var warnings []Warning
	for _, section := range overrides.matching(node) {
		if isPattern(section.Node) {
			continue
		}
		for _, override := range section.Parameters {
			if !t.knows(override.Name) {
				warnings = append(warnings, Warning{node, fmt.Sprintf("%s has no effect: node %s has no such parameter%s",
					subject(override), node, didYouMean(override.Name, t.names()))})
			}
		}
	}
	return warnings
}

// unneeded warns of superseded parameters among those that were given.
func (t *Table) unneeded(node string, given map[string]Override) []Warning {
	var warnings []Warning
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if why := t.superseded[name]; why != nil {
			if reason := why(given[name].Value); reason != "" {
				warnings = append(warnings, Warning{node, fmt.Sprintf("%s has no effect: %s", subject(given[name]), reason)})
			}
		}
	}
	return warnings
}

// hidden warns of values that come later than the one the node takes and are
// different from it: the user will think that the last one counts.
func (t *Table) hidden(node string, overrides *Overrides) []Warning {
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
					cure = fmt.Sprintf("write -p %s:%s:=%s", key, name, override.Value)
				}
				warnings = append(warnings, Warning{node, fmt.Sprintf(
					"%s has no effect on node %s: %s %s under %s comes first, because ROS goes by the order in which node names appear; %s",
					subject(override), node, taken.Value, taken.Origin, takenKey, cure)})
			}
		}
	}
	return warnings
}

// subject names an override at the start of a sentence.
func subject(override Override) string {
	text := fmt.Sprintf("parameter %q", override.Name)
	if origin := override.Origin.String(); origin != "" {
		text += " " + origin
	}
	return text
}

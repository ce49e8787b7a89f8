package param

import (
	"fmt"
	"strings"
)

// Overrides are the user's values from parameter files and the command line, for all nodes of
// the process, in the order of rcl's parser. Package param/override makes them; they do not
// change afterwards. A nil *Overrides is empty.
type Overrides struct {
	Sections []Section // in the order in which their keys first appear; of two that match a node, the later wins
}

// Section holds the values of one key, from all files and the command line together.
type Section struct {
	Node       string // the key: a node's name, relative or fully qualified, or a pattern with * and **; "/**" for a -p without prefix
	Parameters []Override
}

// Override is the user's value of one parameter.
type Override struct {
	Name    string
	Value   Value
	Written []string // the value or the elements of a list as the user wrote them, where YAML made another text of it, as of 007 or on; nil where it did not, or nobody knows
	Origin  Origin
}

// text returns the value as the user wrote it.
func (o Override) text() string {
	switch {
	case o.Written == nil:
		return o.Value.String()
	case o.Value.Kind().IsArray():
		return "[" + strings.Join(o.Written, ", ") + "]"
	}
	return o.Written[0]
}

// shown returns the value as the user wrote it, and what YAML makes of it.
func (o Override) shown() string {
	if o.Written == nil {
		return o.Value.Quoted()
	}
	return fmt.Sprintf("%s (in YAML %s)", shortened(o.text()), o.Value.Quoted())
}

// Origin is the origin of a value. The zero Origin is unknown.
type Origin struct {
	File     string // the parameter file as it was given; empty for the command line
	Argument string // the -p argument as it was given, as in "camera:framerate:=15.0"; empty for a file
	Position int    // of the argument among the process's arguments
}

// String returns words for after the parameter's name, as in "in config.yaml" or "on the
// command line", and "" for an unknown origin.
func (o Origin) String() string {
	switch {
	case o.File != "":
		return "in " + o.File
	case o.Argument != "":
		return "on the command line"
	}
	return ""
}

// For returns the values for a node by parameter: of all sections whose key matches the node's
// fully qualified name after remapping, the last one that has the parameter counts.
//
// This is rclcpp's rule, with a surprise: a section keeps the place at which its key first
// appeared. A -p without prefix goes into section "/**", and so loses to a file that has the
// parameter in a section of the node's own after a section "/**".
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

// matchNode reports whether the key of a section matches a node's fully qualified name. "*"
// stands for one name, "**" for any number of names or none, and a key without leading slash
// is in the root namespace.
func matchNode(key, node string) bool {
	return matchNames(strings.Split(absolute(key), "/")[1:], strings.Split(absolute(node), "/")[1:])
}

func matchNames(key, node []string) bool {
	for len(key) > 0 {
		if key[0] == "**" {
			for len(key) > 1 && key[1] == "**" { // two say no more than one, and take the product of their ways
				key = key[1:]
			}
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

package service

import (
	"slices"
	"strings"

	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
)

// each returns what convert returns for each of the names; nothing if one of
// them is not declared. That is what rclcpp answers where undeclared parameters
// are not allowed.
func each[T any](table *param.Table, names []string, convert func(name string) T) []T {
	results := make([]T, 0, len(names))
	for _, name := range names {
		if table.Lookup(name) == nil {
			return nil
		}
		results = append(results, convert(name))
	}
	return results
}

// separator is between the parts of a parameter's name.
const separator = "."

// list returns the names that rclcpp lists for a request, ordered, and the
// groups that they belong to, each once: those below one of the prefixes, or
// all without prefixes, that have fewer than depth separators after the prefix;
// depth 0 stands for any number. A prefix that is a whole name is listed too.
func list(table *param.Table, prefixes []string, depth uint64) rcl_interfaces_msg.ListParametersResult {
	shallow := func(name string) bool {
		return depth == 0 || uint64(strings.Count(name, separator)) < depth
	}
	listed := func(name string) bool {
		if len(prefixes) == 0 {
			return shallow(name)
		}
		return slices.ContainsFunc(prefixes, func(prefix string) bool {
			rest, below := strings.CutPrefix(name, prefix+separator)
			return name == prefix || below && shallow(rest)
		})
	}
	var result rcl_interfaces_msg.ListParametersResult
	for _, d := range table.Declarations() {
		if listed(d.Name) {
			result.Names = append(result.Names, d.Name)
		}
	}
	slices.Sort(result.Names)
	for _, name := range result.Names {
		if end := strings.LastIndex(name, separator); end >= 0 && !slices.Contains(result.Prefixes, name[:end]) {
			result.Prefixes = append(result.Prefixes, name[:end])
		}
	}
	return result
}

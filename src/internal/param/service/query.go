package service

import (
	"slices"
	"strings"

	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
)

// each returns convert's result for each name, and nil if one is undeclared, as rclcpp without
// undeclared parameters, or if there are more than mostNames. Results for repeated names are
// made once.
func each[T any](table *param.Table, names []string, convert func(name string) T) []T {
	if len(names) > mostNames {
		return nil
	}
	results := make([]T, 0, len(names))
	made := make(map[string]T)
	for _, name := range names {
		if table.Lookup(name) == nil {
			return nil
		}
		result, ok := made[name]
		if !ok {
			result = convert(name)
			made[name] = result
		}
		results = append(results, result)
	}
	return results
}

// separator is between the parts of a parameter's name.
const separator = "."

// list returns the names that rclcpp lists for a request, in order, and their groups, each
// once: those below one of the prefixes, or
// all without prefixes, that have fewer than depth separators after the prefix;
// depth 0 stands for any number. A prefix that is a whole name is listed too.
func list(table *param.Table, prefixes []string, depth uint64) rcl_interfaces_msg.ListParametersResult {
	shallow := func(name string) bool {
		return depth == 0 || uint64(strings.Count(name, separator)) < depth
	}
	// Each prefix once, since there may be many.
	asked := make(map[string]bool)
	known := groups(table)
	for _, prefix := range prefixes {
		if known[prefix] {
			asked[prefix] = true
		}
	}
	listed := func(name string) bool {
		if len(prefixes) == 0 {
			return shallow(name)
		}
		if asked[name] {
			return true
		}
		for end := range name {
			if strings.HasPrefix(name[end:], separator) && asked[name[:end]] && shallow(name[end+1:]) {
				return true
			}
		}
		return false
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

// groups returns the names of a table, and of all their groups.
func groups(table *param.Table) map[string]bool {
	all := make(map[string]bool)
	for _, d := range table.Declarations() {
		all[d.Name] = true
		for end := range d.Name {
			if strings.HasPrefix(d.Name[end:], separator) {
				all[d.Name[:end]] = true
			}
		}
	}
	return all
}

package override

import (
	"fmt"
	"os"
	"strings"

	"av_capture/src/internal/param"
)

// Parse reads the parameter files and the -p arguments among the process's
// arguments, as in os.Args.
//
// What rcl makes of all arguments together decides which nodes, parameters and
// values there are and in which order. A second reading, one file or argument
// at a time, says where each value came from. It also mends a flaw of rcl,
// which keeps a value of each type when a later file or argument gives a
// parameter in another type, and shows rclcpp the one whose type comes first in
// its list, or an earlier list instead of a later empty one: here the later
// value wins. A file that can be read only once, like a pipe, has no second
// reading: its values are right, but messages cannot say where they come from.
//
// An error names the file and, where rcl says it, the line, or the argument.
func Parse(arguments []string) (*param.Overrides, error) {
	whole, err := parseArguments(arguments)
	if err != nil {
		return nil, explain(arguments, err)
	}
	type key struct{ node, name string }
	last := make(map[key]param.Override)
	for _, source := range sources(arguments) {
		if source.readOnce() {
			continue
		}
		sections, err := source.parse()
		if err != nil {
			continue // rcl has just read it without an error: it was changed meanwhile
		}
		for _, section := range sections {
			for _, p := range section.parameters {
				last[key{section.node, p.name}] = param.Override{Name: p.name, Value: p.value, Origin: source.origin}
			}
		}
	}
	overrides := &param.Overrides{}
	for _, section := range whole {
		merged := param.Section{Node: section.node}
		for _, p := range section.parameters {
			override, ok := last[key{section.node, p.name}]
			if !ok || override.Value.Kind() == p.value.Kind() && !override.Value.Equal(p.value) {
				override = param.Override{Name: p.name, Value: p.value} // the file was changed between the readings
			}
			merged.Parameters = append(merged.Parameters, override)
		}
		overrides.Sections = append(overrides.Sections, merged)
	}
	return overrides, nil
}

// section and parameter are rcl_params_t in Go.
type section struct {
	node       string
	parameters []parameter
}

type parameter struct {
	name  string
	value param.Value // KindNotSet for an empty list
}

// source is a file or an argument that gives parameters.
type source struct{ origin param.Origin }

// sources finds the files and the -p arguments in the order in which rcl reads
// them: between --ros-args and --.
func sources(arguments []string) []source {
	var found []source
	ros := false
	for i := 0; i < len(arguments); i++ {
		switch argument := arguments[i]; {
		case argument == "--ros-args":
			ros = true
		case argument == "--":
			ros = false
		case !ros || i+1 == len(arguments):
		case argument == "--params-file":
			i++
			found = append(found, source{param.Origin{File: arguments[i], Position: i}})
		case argument == "-p" || argument == "--param":
			i++
			found = append(found, source{param.Origin{Argument: arguments[i], Position: i}})
		}
	}
	return found
}

// readOnce says whether the source is something like a pipe.
func (s source) readOnce() bool {
	info, err := os.Stat(s.origin.File)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

func (s source) parse() ([]section, error) {
	if s.origin.File != "" {
		return parseFile(s.origin.File)
	}
	return parseArguments([]string{"--ros-args", "-p", s.origin.Argument})
}

// explain finds the file or the argument for which rcl refused the arguments,
// and says what is wrong with it; an error of other arguments is returned as
// rcl words it.
func explain(arguments []string, err error) error {
	for _, source := range sources(arguments) {
		if source.readOnce() {
			if strings.Contains(err.Error(), "'--params-file "+source.origin.File+"'") {
				break
			}
			continue
		}
		_, cause := source.parse()
		if cause == nil {
			continue
		}
		if source.origin.File != "" {
			return fileError(source.origin.File, cause)
		}
		return argumentError(source.origin.Argument, cause)
	}
	return fmt.Errorf("arguments: %w", err)
}

// fileError says what is wrong with a parameter file.
func fileError(file string, cause error) error {
	if info, err := os.Stat(file); err != nil {
		return fmt.Errorf("parameter file: %w", err)
	} else if info.IsDir() {
		return fmt.Errorf("parameter file: %s is a directory", file)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("parameter file: %w", err)
	}
	return yamlError(file, content, cause.Error())
}

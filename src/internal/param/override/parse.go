package override

import (
	"fmt"
	"iter"
	"os"
	"strings"

	"av_capture/src/internal/param"
	"av_capture/src/internal/rclext"
)

// Parse reads the parameter files and the -p arguments among the process's
// arguments, as in os.Args.
//
// rcl's result for all arguments together decides the nodes, parameters and values, and their
// order. A second reading, one file or argument at a time, gives the origin of each value. It
// also mends a flaw of rcl: if a later file or argument gives a parameter in another type, rcl
// keeps a value of each type and shows rclcpp the first type of its list, or an earlier list
// instead of a later empty one. Here the later value wins. A file that can be read only once,
// such as a pipe, has no second reading: its values are right, and of unknown origin.
//
// An error names the argument, or the file and, if rcl tells it, the line.
func Parse(arguments []string) (*param.Overrides, error) {
	if err := checkSizes(arguments); err != nil {
		return nil, err
	}
	whole, err := rclext.ParseArguments(arguments)
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
		texts := source.written()
		for _, section := range sections {
			for _, p := range section.Parameters {
				last[key{section.Node, p.Name}] = param.Override{
					Name: p.Name, Value: p.Value, Written: texts.of(section.Node, p), Origin: source.origin,
				}
			}
		}
	}
	overrides := &param.Overrides{}
	for _, section := range whole {
		merged := param.Section{Node: section.Node}
		for _, p := range section.Parameters {
			override, ok := last[key{section.Node, p.Name}]
			if !ok || override.Value.Kind() == p.Value.Kind() && !override.Value.Equal(p.Value) {
				override = param.Override{Name: p.Name, Value: p.Value} // the file was changed between the readings
			}
			merged.Parameters = append(merged.Parameters, override)
		}
		overrides.Sections = append(overrides.Sections, merged)
	}
	return overrides, nil
}

// largestFile bounds parameter files [bytes]: rcl takes many times as much memory for them.
const largestFile = 16 << 20

// checkSizes refuses parameter files above largestFile.
func checkSizes(arguments []string) error {
	for _, source := range sources(arguments) {
		info, err := os.Stat(source.origin.File)
		if err == nil && info.Size() > largestFile {
			return fmt.Errorf("parameter file: %s has %d bytes, at most %d are read: give another one", source.origin.File, info.Size(), largestFile)
		}
	}
	return nil
}

// source is a file or an argument that gives parameters.
type source struct{ origin param.Origin }

// sources finds the files and the -p arguments between --ros-args and --, in rcl's order.
func sources(arguments []string) []source {
	var found []source
	for i, option := range options(arguments) {
		switch option {
		case "--params-file":
			found = append(found, source{param.Origin{File: arguments[i], Position: i}})
		case "-p", "--param":
			found = append(found, source{param.Origin{Argument: arguments[i], Position: i}})
		}
	}
	return found
}

// options yields the indices of values and their options, for the options that are read here,
// between --ros-args and --.
func options(arguments []string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		ros := false
		for i := 0; i < len(arguments); i++ {
			switch option := arguments[i]; option {
			case "--ros-args":
				ros = true
			case "--":
				ros = false
			case "--params-file", "-p", "--param", "-r", "--remap":
				if !ros || i+1 == len(arguments) {
					continue
				}
				i++ // a value is no option, even with a dash
				if !yield(i, option) {
					return
				}
			}
		}
	}
}

// readOnce reports whether the source can be read only once, like a pipe.
func (s source) readOnce() bool {
	info, err := os.Stat(s.origin.File)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

func (s source) parse() ([]rclext.Section, error) {
	if s.origin.File != "" {
		return rclext.ParseFile(s.origin.File)
	}
	return rclext.ParseArguments([]string{"--ros-args", "-p", s.origin.Argument})
}

// explain returns the error of the file or argument for which rcl refused the arguments. For
// other arguments it returns rcl's own words.
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
	if rule, ok := refusedRule(arguments); ok {
		return fmt.Errorf("argument -r %s: no remapping that ROS takes: want [node:]from:=to, as in -r image_raw:=/eye, -r __ns:=/robot or -r camera:__node:=front; "+
			"a name has letters, digits and single _ between its slashes, begins none of its parts with a digit, and does not end with a slash", rule)
	}
	return fmt.Errorf("arguments: %w", err)
}

// refusedRule returns the first remapping that rcl refuses by itself. rcl's own message is
// about its grammar, or "error not set".
func refusedRule(arguments []string) (rule string, found bool) {
	for i, option := range options(arguments) {
		if option != "-r" && option != "--remap" {
			continue
		}
		if _, err := rclext.ParseArguments([]string{"--ros-args", option, arguments[i]}); err != nil {
			return arguments[i], true
		}
	}
	return "", false
}

// fileError returns the error of a parameter file.
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

package rclext

/*
#cgo LDFLAGS: -lrcl -lrcl_yaml_param_parser -lrcutils

#include <stdlib.h>

#include <rcl/arguments.h>
#include <rcl_yaml_param_parser/parser.h>
#include <rcutils/error_handling.h>
*/
import "C"

import (
	"errors"
	"regexp"
	"runtime"
	"strings"
	"unsafe"

	"av_capture/src/internal/param"
)

// Section is the parameters of a node, as in rcl_params_t.
type Section struct {
	Node       string
	Parameters []Parameter
}

// Parameter is a parameter in a Section.
type Parameter struct {
	Name  string
	Value param.Value // KindNotSet for an empty list
}

// ParseArguments returns the parameters in the arguments of a process. Any goroutine may call
// it; it blocks while parameter files are read. All memory of C is freed before it returns.
func ParseArguments(arguments []string) ([]Section, error) {
	// rcl keeps the text of its last error for each thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.rcutils_reset_error()

	argv, free := cStrings(arguments)
	defer free()
	parsed := C.rcl_get_zero_initialized_arguments()
	if C.rcl_parse_arguments(C.int(len(arguments)), argv, C.rcutils_get_default_allocator(), &parsed) != C.RCL_RET_OK {
		return nil, lastError() // nothing is left to free in parsed
	}
	defer C.rcl_arguments_fini(&parsed)
	var parameters *C.rcl_params_t
	if C.rcl_arguments_get_param_overrides(&parsed, &parameters) != C.RCL_RET_OK {
		return nil, lastError()
	}
	if parameters == nil {
		return nil, nil
	}
	defer C.rcl_yaml_node_struct_fini(parameters)
	return sectionsOf(parameters), nil
}

// ParseFile returns the parameters of one file. Any goroutine may call it; it blocks while the
// file is read.
func ParseFile(file string) ([]Section, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.rcutils_reset_error()

	path := C.CString(file)
	defer C.free(unsafe.Pointer(path))
	parameters := C.rcl_yaml_node_struct_init(C.rcutils_get_default_allocator())
	if parameters == nil {
		return nil, lastError()
	}
	defer C.rcl_yaml_node_struct_fini(parameters)
	if !C.rcl_parse_yaml_file(path, parameters) {
		return nil, lastError()
	}
	return sectionsOf(parameters), nil
}

// lastError returns rcl's error on this thread and resets it. The goroutine must have been
// locked to the thread since before the call that failed.
func lastError() error {
	text := C.rcutils_get_error_string()
	C.rcutils_reset_error()
	return errors.New(clean(C.GoString(&text.str[0])))
}

// codePlace matches the places in rcl's source files at the end of a message.
var codePlace = regexp.MustCompile(`(, at [^,]+:\d+)+$`)

// clean takes the places in rcl's source files off a message.
func clean(message string) string {
	return strings.TrimSpace(codePlace.ReplaceAllString(strings.TrimSpace(message), ""))
}

// cStrings copies strings to an array in C's memory, which the caller frees by free.
func cStrings(list []string) (array **C.char, free func()) {
	// One more than needed, since malloc(0) may be NULL.
	array = (**C.char)(C.calloc(C.size_t(len(list)+1), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	elements := unsafe.Slice(array, len(list))
	for i, text := range list {
		elements[i] = C.CString(text)
	}
	return array, func() {
		for _, element := range elements {
			C.free(unsafe.Pointer(element))
		}
		C.free(unsafe.Pointer(array))
	}
}

// sectionsOf copies rcl's parameters to Go's memory.
func sectionsOf(parameters *C.rcl_params_t) []Section {
	nodes := unsafe.Slice(parameters.node_names, parameters.num_nodes)
	contents := unsafe.Slice(parameters.params, parameters.num_nodes)
	sections := make([]Section, len(nodes))
	for i, node := range nodes {
		names := unsafe.Slice(contents[i].parameter_names, contents[i].num_params)
		values := unsafe.Slice(contents[i].parameter_values, contents[i].num_params)
		sections[i].Node = C.GoString(node)
		for j, name := range names {
			sections[i].Parameters = append(sections[i].Parameters, Parameter{C.GoString(name), valueOf(&values[j])})
		}
	}
	return sections
}

// valueOf copies the value of a parameter. Of several values of different types it returns
// rclcpp's choice.
func valueOf(v *C.rcl_variant_t) param.Value {
	switch {
	case v.bool_value != nil:
		return param.Bool(bool(*v.bool_value))
	case v.integer_value != nil:
		return param.Int(int64(*v.integer_value))
	case v.double_value != nil:
		return param.Double(float64(*v.double_value))
	case v.string_value != nil:
		return param.String(C.GoString(v.string_value))
	case v.byte_array_value != nil:
		a := v.byte_array_value
		return param.Bytes(copied(a.values, a.size, func(b C.uint8_t) byte { return byte(b) })...)
	case v.bool_array_value != nil:
		a := v.bool_array_value
		return param.Bools(copied(a.values, a.size, func(b C.bool) bool { return bool(b) })...)
	case v.integer_array_value != nil:
		a := v.integer_array_value
		return param.Ints(copied(a.values, a.size, func(i C.int64_t) int64 { return int64(i) })...)
	case v.double_array_value != nil:
		a := v.double_array_value
		return param.Doubles(copied(a.values, a.size, func(d C.double) float64 { return float64(d) })...)
	case v.string_array_value != nil:
		a := v.string_array_value
		return param.Strings(copied(a.data, a.size, func(s *C.char) string { return C.GoString(s) })...)
	}
	return param.Value{}
}

// copied copies an array of C to a slice of Go.
func copied[T, U any](array *T, size C.size_t, convert func(T) U) []U {
	list := make([]U, size)
	for i, element := range unsafe.Slice(array, size) {
		list[i] = convert(element)
	}
	return list
}

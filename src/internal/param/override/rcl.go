package override

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
	"runtime"
	"unsafe"

	"av_capture/src/internal/param"
)

// parseArguments returns the parameters that rcl finds in the arguments of a
// process. It may be called on any goroutine and blocks for the reading of the
// parameter files. All memory of C is freed before it returns.
func parseArguments(arguments []string) ([]section, error) {
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

// parseFile returns the parameters of one file. It may be called on any
// goroutine and blocks for the reading of the file.
func parseFile(file string) ([]section, error) {
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

// lastError returns rcl's error on this thread, to which the goroutine must have
// been locked since before the call that failed, and resets it.
func lastError() error {
	text := C.rcutils_get_error_string()
	C.rcutils_reset_error()
	return errors.New(clean(C.GoString(&text.str[0])))
}

// cStrings copies strings to an array in C's memory, which free gives back.
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

// sectionsOf copies what rcl has parsed to Go's memory.
func sectionsOf(parameters *C.rcl_params_t) []section {
	nodes := unsafe.Slice(parameters.node_names, parameters.num_nodes)
	contents := unsafe.Slice(parameters.params, parameters.num_nodes)
	sections := make([]section, len(nodes))
	for i, node := range nodes {
		names := unsafe.Slice(contents[i].parameter_names, contents[i].num_params)
		values := unsafe.Slice(contents[i].parameter_values, contents[i].num_params)
		sections[i].node = C.GoString(node)
		for j, name := range names {
			sections[i].parameters = append(sections[i].parameters, parameter{C.GoString(name), valueOf(&values[j])})
		}
	}
	return sections
}

// valueOf copies the value of a parameter. Where rcl holds several, of different
// types, it is the one that rclcpp takes.
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

// copied copies an array of C.
func copied[T, U any](array *T, size C.size_t, convert func(T) U) []U {
	list := make([]U, size)
	for i, element := range unsafe.Slice(array, size) {
		list[i] = convert(element)
	}
	return list
}

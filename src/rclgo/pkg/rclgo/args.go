package rclgo

/*
#include <stdlib.h>
#include <rcl/arguments.h>
#include <rcl/allocator.h>
*/
import "C"

import (
	"runtime"
	"strings"
	"unsafe"
)

// Args holds ROS 2 command line arguments. It is plain Go memory, needs no
// closing and may be used for several contexts.
type Args struct {
	args []string // those that rcl recognised, with --ros-args and --
}

// ParseArgs returns the ROS 2 arguments among args, and the rest. ROS 2
// arguments stand between "--ros-args" and "--" or the end, see
// http://design.ros2.org/articles/ros_command_line_arguments.html. The parser
// is rcl's; it also reads the parameter files that args names.
//
// Anything else that stands there is an error of type *InvalidRosArgs.
func ParseArgs(args []string) (*Args, []string, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	parsed, err := parseArgs(args)
	if err != nil {
		return nil, nil, err
	}
	defer C.rcl_arguments_fini(&parsed)

	rest, err := unparsed(args, int(C.rcl_arguments_get_count_unparsed(&parsed)), func(out **C.int) C.rcl_ret_t {
		return C.rcl_arguments_get_unparsed(&parsed, C.rcutils_get_default_allocator(), out)
	})
	if err != nil {
		return nil, nil, err
	}
	unknown, err := unparsed(args, int(C.rcl_arguments_get_count_unparsed_ros(&parsed)), func(out **C.int) C.rcl_ret_t {
		return C.rcl_arguments_get_unparsed_ros(&parsed, C.rcutils_get_default_allocator(), out)
	})
	if err != nil {
		return nil, nil, err
	}
	if len(unknown) > 0 {
		words := make([]string, 0, len(unknown))
		for i, arg := range args {
			if unknown[i] {
				words = append(words, arg)
			}
		}
		return nil, nil, codeError(C.RCL_RET_INVALID_ROS_ARGS, "unknown after --ros-args: "+strings.Join(words, " "), "parse arguments")
	}
	ros := &Args{}
	var others []string
	for i, arg := range args {
		if rest[i] {
			others = append(others, arg)
		} else {
			ros.args = append(ros.args, arg)
		}
	}
	return ros, others, nil
}

// unparsed returns the set of the n indices that get puts into an array.
func unparsed(args []string, n int, get func(**C.int) C.rcl_ret_t) (map[int]bool, error) {
	if n <= 0 {
		return nil, nil
	}
	var indices *C.int
	if rc := get(&indices); rc != C.RCL_RET_OK {
		return nil, newError(rc, "parse arguments %q", args)
	}
	defer C.free(unsafe.Pointer(indices))
	set := make(map[int]bool, n)
	for _, i := range unsafe.Slice(indices, n) {
		set[int(i)] = true
	}
	return set, nil
}

// parseArgs parses args. The caller has locked its thread and gives the result
// to rcl_arguments_fini.
func parseArgs(args []string) (C.rcl_arguments_t, error) {
	startLogging()
	parsed := C.rcl_get_zero_initialized_arguments()
	argc, argv, free := cStrings(args)
	defer free()
	if rc := C.rcl_parse_arguments(argc, argv, C.rcutils_get_default_allocator(), &parsed); rc != C.RCL_RET_OK {
		return parsed, newError(rc, "parse arguments %q", args)
	}
	return parsed, nil
}

// list returns the arguments; a may be nil.
func (a *Args) list() []string {
	if a == nil {
		return nil
	}
	return a.args
}

// String returns the ROS 2 arguments as they would stand on a command line.
func (a *Args) String() string {
	return strings.Join(a.list(), " ")
}

// cStrings returns strings as C has them in main's argv, NULL for none, and a
// function that frees them.
func cStrings(list []string) (C.int, **C.char, func()) {
	if len(list) == 0 {
		return 0, nil, func() {}
	}
	argv := (**C.char)(C.calloc(C.size_t(len(list)), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	strs := unsafe.Slice(argv, len(list))
	for i, s := range list {
		strs[i] = C.CString(s)
	}
	return C.int(len(list)), argv, func() {
		for _, s := range strs {
			C.free(unsafe.Pointer(s))
		}
		C.free(unsafe.Pointer(argv))
	}
}

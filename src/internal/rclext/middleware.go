package rclext

// #include <rmw/rmw.h>
//
// #include "middleware.h"
import "C"

// rcl compares RMW_IMPLEMENTATION with its middleware when it is loaded, before main, and ends
// the process with a status of its own if they differ. The C part turns that status into the
// one of a configuration error.
func init() { C.rclext_libraries_loaded() }

// Middleware returns the name of the middleware in use, as in "rmw_fastrtps_cpp". It loads the
// middleware's libraries if ROS has not started yet; "" where they cannot be loaded.
func Middleware() string { return C.GoString(C.rmw_get_implementation_identifier()) }

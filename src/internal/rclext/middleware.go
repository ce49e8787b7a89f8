package rclext

// #include "middleware.h"
import "C"

// rcl compares RMW_IMPLEMENTATION with its middleware when it is loaded, before main, and ends
// the process with a status of its own if they differ. The C part turns that status into the
// one of a configuration error.
func init() { C.rclext_libraries_loaded() }

// Package testmsg holds hand-made bindings of a few interfaces of std_msgs and
// std_srvs, for tests of rclgo that must not depend on its generator. Tests
// cannot hold them themselves: cgo is not available in test files.
//
// It counts the C structs that are in use, see Live.
package testmsg

/*
#cgo LDFLAGS: -lstd_msgs__rosidl_generator_c -lstd_msgs__rosidl_typesupport_c
#cgo LDFLAGS: -lstd_srvs__rosidl_generator_c -lstd_srvs__rosidl_typesupport_c
*/
import "C"

import "sync/atomic"

var live atomic.Int64

// Live returns the number of C structs prepared and not released.
func Live() int64 { return live.Load() }

package rclgo

/*
#include <stdlib.h>
#include <rcl/logging_rosout.h>
#include "logging.h"

static rcl_ret_t add_sublogger(const char * parent, const char * name)
{
  rclgo_rosout_lock();
  rcl_ret_t ret = rcl_logging_rosout_add_sublogger(parent, name);
  rclgo_rosout_unlock();
  return ret;
}

static rcl_ret_t remove_sublogger(const char * parent, const char * name)
{
  rclgo_rosout_lock();
  rcl_ret_t ret = rcl_logging_rosout_remove_sublogger(parent, name);
  rclgo_rosout_unlock();
  return ret;
}
*/
import "C"

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"
)

// subloggers are the loggers below loggers of nodes that publish to /rosout
// through the node's publisher. rcl wants each to be added and, before the node
// goes, removed; the oldest is first.
var subloggers struct {
	sync.Mutex
	list []sublogger
}

type sublogger struct{ parent, name string }

// addSublogger lets the logger name below parent publish to /rosout if parent
// does.
func addSublogger(parent, name string) {
	subloggers.Lock()
	defer subloggers.Unlock()
	s := sublogger{parent, name}
	if !slices.Contains(subloggers.list, s) && s.call(func(parent, name *C.char) C.rcl_ret_t { return C.add_sublogger(parent, name) }) {
		subloggers.list = append(subloggers.list, s)
	}
}

// removeSubloggers undoes addSublogger for all below the logger of a node.
func removeSubloggers(logger string) {
	subloggers.Lock()
	defer subloggers.Unlock()
	for i := len(subloggers.list) - 1; i >= 0; i-- {
		if s := subloggers.list[i]; strings.HasPrefix(s.parent+".", logger+".") {
			s.call(func(parent, name *C.char) C.rcl_ret_t { return C.remove_sublogger(parent, name) })
			subloggers.list = slices.Delete(subloggers.list, i, i+1)
		}
	}
}

// call reports whether f succeeds. A failure is no error: most loggers belong to
// no node.
func (s sublogger) call(f func(parent, name *C.char) C.rcl_ret_t) bool {
	parent, name := C.CString(s.parent), C.CString(s.name)
	defer C.free(unsafe.Pointer(parent))
	defer C.free(unsafe.Pointer(name))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if f(parent, name) != C.RCL_RET_OK {
		C.rcutils_reset_error()
		return false
	}
	return true
}

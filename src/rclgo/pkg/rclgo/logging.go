package rclgo

/*
#cgo CFLAGS: -fexceptions
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "logging.h"
*/
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// logLimit bounds the wait for an output of the log that hangs: at the end of a
// node or of the last Context, and at the opening of the log file.
const logLimit = 500 * time.Millisecond

// startLogging prepares logging. It is called before anything that may log.
var startLogging = sync.OnceFunc(func() { C.rclgo_logging_init() })

// logging is the state of rcl's logging, which is one for the process. It is
// guarded by creation, but for configured, which anyone may read.
var logging struct {
	configured atomic.Bool
	contexts   int
}

// InitLogging configures logging with args, --log-level and the like. Calling
// it again configures it anew.
//
// Without it, the first Context configures logging with its own arguments. The
// Close of the last Context flushes and closes the log file; later lines go to
// the console only.
//
// A log file that cannot be opened is a warning.
func InitLogging(args *Args) error {
	creation.Lock()
	defer creation.Unlock()
	return configureLogging(args.list())
}

// configureLogging configures logging with args. The caller holds creation.
func configureLogging(args []string) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	outputs := logOutputsOf(args)
	// Not by rcl: see log_file.h.
	parsed, err := parseArgs(append(args[:len(args):len(args)], "--ros-args", "--disable-external-lib-logs"))
	if err != nil {
		return err
	}
	defer C.rcl_arguments_fini(&parsed)
	name, freeName := optionalCString(outputs.fileName)
	defer freeName()
	config, freeConfig := optionalCString(outputs.configFile)
	defer freeConfig()
	rc := C.rclgo_logging_configure(&parsed, C.bool(outputs.console), C.bool(outputs.file), name, config, C.int64_t(logLimit))
	if rc != C.RCL_RET_OK {
		return newError(rc, "configure logging")
	}
	logging.configured.Store(true)
	return nil
}

// optionalCString returns s, NULL for none, and a function that frees it.
func optionalCString(s string) (*C.char, func()) {
	if s == "" {
		return nil, func() {}
	}
	c := C.CString(s)
	return c, func() { C.free(unsafe.Pointer(c)) }
}

// acquireLogging counts a context in, and configures logging with the context's
// arguments unless it is configured. The caller holds creation.
func acquireLogging(args []string) error {
	if !logging.configured.Load() {
		if err := configureLogging(args); err != nil {
			return err
		}
	}
	logging.contexts++
	return nil
}

// releaseLogging counts a context out, and reports whether it was the last. The
// caller holds creation and has locked its thread.
func releaseLogging() (last bool, err error) {
	logging.contexts--
	if logging.contexts > 0 {
		return false, nil
	}
	logging.configured.Store(false)
	if rc := C.rclgo_logging_fini(); rc != C.RCL_RET_OK {
		return true, newError(rc, "finish logging")
	}
	return true, nil
}

// flushLogs waits, at most timeout, until all that was logged before is written,
// and reports whether it is.
func flushLogs(timeout time.Duration) bool {
	startLogging()
	return bool(C.rclgo_logging_flush(C.int64_t(timeout)))
}

// flushRosout waits until all that was logged before is published, unless that
// takes too long.
func flushRosout() { C.rclgo_logging_flush_rosout(C.int64_t(logLimit)) }

// stopLogs waits until the outputs are closed and their threads have ended,
// unless one hangs: then it ends when it can.
func stopLogs() { C.rclgo_logging_stop(C.int64_t(logLimit)) }

package rclgo

/*
#include "logging.h"
#include <rcl/context.h>

static rcl_ret_t logging_configure(const rcl_arguments_t * args)
{
  rcutils_allocator_t allocator = rcutils_get_default_allocator();
  rclgo_logging_lock();
  rcl_ret_t ret = rcl_logging_configure_with_output_handler(
    args, &allocator, rclgo_logging_output_handler);
  rclgo_logging_unlock();
  return ret;
}

static rcl_ret_t logging_fini(void)
{
  rclgo_logging_lock();
  rcl_ret_t ret = rcl_logging_fini();
  rclgo_logging_unlock();
  return ret;
}
*/
import "C"

import "runtime"

// logging is the state of rcl's logging, which is one for the process. It is
// guarded by creation.
var logging struct {
	configured bool
	contexts   int
}

// InitLogging configures logging with args, --log-level and the like. Calling
// it again configures it anew.
//
// The first Context does this with its own arguments if it has not been done
// before. When the last Context is closed, the log file is flushed and closed,
// and what is logged thereafter goes to the console only.
func InitLogging(args *Args) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	parsed, err := parseArgs(args.list())
	if err != nil {
		return err
	}
	defer C.rcl_arguments_fini(&parsed)
	creation.Lock()
	defer creation.Unlock()
	if rc := C.logging_configure(&parsed); rc != C.RCL_RET_OK {
		return newError(rc, "configure logging")
	}
	logging.configured = true
	return nil
}

// acquireLogging counts a context in, and configures logging with the context's
// arguments if nobody has. The caller holds creation and has locked its thread.
func acquireLogging(context *C.rcl_context_t) error {
	if !logging.configured {
		if rc := C.logging_configure(&context.global_arguments); rc != C.RCL_RET_OK {
			return newError(rc, "configure logging")
		}
		logging.configured = true
	}
	logging.contexts++
	return nil
}

// releaseLogging counts a context out. The caller holds creation and has locked
// its thread.
func releaseLogging() error {
	logging.contexts--
	if logging.contexts > 0 {
		return nil
	}
	logging.configured = false
	if rc := C.logging_fini(); rc != C.RCL_RET_OK {
		return newError(rc, "finish logging")
	}
	return nil
}

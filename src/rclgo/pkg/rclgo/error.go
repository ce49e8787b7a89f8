package rclgo

/*
#include <rcl/types.h>
#include <rcutils/error_handling.h>
#include <rcutils/types/rcutils_ret.h>

// Returns the text of the calling thread's error, or NULL.
static const char * error_text(void)
{
  const rcutils_error_state_t * state = rcutils_get_error_state();
  return state != NULL ? state->message : NULL;
}
*/
import "C"

import "fmt"

// rclError holds the fields of all error types.
type rclError struct {
	operation string
	meaning   string
	text      string // of rcl, may be empty
}

// Error describes the operation that failed, the meaning of the return code and
// rcl's text.
func (e *rclError) Error() string {
	s := "rclgo: " + e.operation + ": " + e.meaning
	if e.text != "" {
		s += ": " + e.text
	}
	return s
}

// newError turns the return code of the C function called last into an error
// with the text that the function left behind, and resets the text. The operation
// is given as to fmt.Sprintf.
//
// rcl keeps the text per thread. The caller must have locked its goroutine to
// its thread since before the C function: otherwise the text could be read on
// another thread, where it is missing or another call's.
//
// rmw's codes are rcl's, but for one, which rcl does not use. rcutils' are others:
// see newRcutilsError.
func newError(rc C.rcl_ret_t, operation string, args ...any) error {
	return codeError(rc, takeErrorText(), operation, args...)
}

// rcutilsRet is the type of rcutils' codes.
type rcutilsRet = C.rcutils_ret_t

// newRcutilsError is newError for functions of rcutils, which has codes of its
// own: its error would be rcl's timeout.
func newRcutilsError(rc rcutilsRet, operation string, args ...any) error {
	return codeError(rclCode(rc), takeErrorText(), operation, args...)
}

// rclCode returns the code of rcl that means the same as one of rcutils.
func rclCode(rc rcutilsRet) C.rcl_ret_t {
	switch rc {
	case C.RCUTILS_RET_OK:
		return C.RCL_RET_OK
	case C.RCUTILS_RET_BAD_ALLOC:
		return C.RCL_RET_BAD_ALLOC
	case C.RCUTILS_RET_INVALID_ARGUMENT:
		return C.RCL_RET_INVALID_ARGUMENT
	case C.RCUTILS_RET_NOT_INITIALIZED:
		return C.RCL_RET_NOT_INIT
	case C.RCUTILS_RET_NOT_FOUND, C.RCUTILS_RET_STRING_KEY_NOT_FOUND:
		return C.RCL_RET_NOT_FOUND
	}
	return C.RCL_RET_ERROR
}

// takeErrorText returns the text of the calling thread's error and resets it.
func takeErrorText() string {
	text := ""
	if p := C.error_text(); p != nil {
		text = C.GoString(p)
	}
	C.rcutils_reset_error()
	return text
}

// codeError returns an error of the type that belongs to a return code, with a
// text of our own.
func codeError(rc C.rcl_ret_t, text, operation string, args ...any) error {
	e := rclError{operation: fmt.Sprintf(operation, args...), text: text}
	kind, ok := errorKinds[rc]
	if !ok {
		e.meaning = fmt.Sprintf("unknown return code %d", int(rc))
		return &UnknownReturnCode{e}
	}
	e.meaning = kind.meaning
	return kind.typed(e)
}

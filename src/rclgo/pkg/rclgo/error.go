package rclgo

/*
#include <rcl/types.h>
#include <rcutils/error_handling.h>

// Returns the text of the calling thread's error, or NULL.
static const char * error_text(void)
{
  const rcutils_error_state_t * state = rcutils_get_error_state();
  return state != NULL ? state->message : NULL;
}
*/
import "C"

import "fmt"

// rclError is what all error types hold.
type rclError struct {
	operation string
	meaning   string
	text      string // of rcl, may be empty
}

// Error describes the operation that failed, the meaning of the return code and
// what rcl has to say about it.
func (e *rclError) Error() string {
	s := "rclgo: " + e.operation + ": " + e.meaning
	if e.text != "" {
		s += ": " + e.text
	}
	return s
}

// newError turns the return code of the C function called last into an error
// that carries the text which that function left behind, and resets the text.
// The operation is given as to fmt.Sprintf.
//
// rcl keeps the text per thread. The caller must have locked its goroutine to
// its thread since before the C function: otherwise the text could be read on
// another thread, where it is missing or another call's.
func newError(rc C.rcl_ret_t, operation string, args ...any) error {
	text := ""
	if p := C.error_text(); p != nil {
		text = C.GoString(p)
	}
	C.rcutils_reset_error()
	return codeError(rc, text, operation, args...)
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

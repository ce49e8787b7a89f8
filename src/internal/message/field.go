package message

/*
#include <stdlib.h>
#include <builtin_interfaces/msg/time.h>
#include <rosidl_runtime_c/string_functions.h>
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"
)

// assign copies s into a string that lives in a C message.
func assign(dst *C.rosidl_runtime_c__String, s string) error {
	text := C.CString(s)
	defer C.free(unsafe.Pointer(text))
	if !C.rosidl_runtime_c__String__assignn(dst, text, C.size_t(len(s))) {
		return errors.New("message: out of memory")
	}
	return nil
}

// setStamp writes t as builtin_interfaces/Time: seconds rounded down, and the
// nanoseconds after them.
func setStamp(dst *C.builtin_interfaces__msg__Time, t time.Time) {
	dst.sec = C.int32_t(t.Unix())
	dst.nanosec = C.uint32_t(t.Nanosecond())
}

package soundsystem

/*
#cgo LDFLAGS: -ldl -Wl,--wrap=dlsym

#include <stdlib.h>

#include "symbols.h"
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// connecting calls a function by which miniaudio connects to a sound server. On an error
// nothing of the connection is left.
func connecting(connect func() error) error {
	runtime.LockOSThread() // miniaudio connects on the thread that calls it
	defer runtime.UnlockOSThread()
	C.begin_connection()
	err := connect()
	failed := C.int(0)
	if err != nil {
		failed = 1
	}
	C.end_connection(failed)
	return err
}

// replaced reports whether symbols.c has replaced a function of a sound system's library that
// miniaudio looked up, as it does with the first context of that sound system. It is for
// tests, whose files cannot use C.
func replaced(name string) bool {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return C.is_replaced(c) != 0
}

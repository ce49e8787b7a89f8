// Package cmemory gives tests, in which cgo is not available, access to C's
// memory.
package cmemory

/*
#cgo LDFLAGS: -lrosidl_runtime_c
#include <malloc.h>
#include <rosidl_runtime_c/primitives_sequence_functions.h>
#include <rosidl_runtime_c/string_functions.h>
#include <rosidl_runtime_c/u16string_functions.h>
*/
import "C"

import "unsafe"

// HeapInUse returns the bytes that C's allocator has given out and not got back.
func HeapInUse() int64 {
	info := C.mallinfo2()
	return int64(info.uordblks) + int64(info.hblkhd)
}

// FreeUint8Sequence frees the content of a *rosidl_runtime_c__uint8__Sequence.
func FreeUint8Sequence(p unsafe.Pointer) {
	C.rosidl_runtime_c__uint8__Sequence__fini((*C.rosidl_runtime_c__uint8__Sequence)(p))
}

// FreeString frees the content of a *rosidl_runtime_c__String.
func FreeString(p unsafe.Pointer) {
	C.rosidl_runtime_c__String__fini((*C.rosidl_runtime_c__String)(p))
}

// FreeU16String frees the content of a *rosidl_runtime_c__U16String.
func FreeU16String(p unsafe.Pointer) {
	C.rosidl_runtime_c__U16String__fini((*C.rosidl_runtime_c__U16String)(p))
}

package primitives

/*
#cgo LDFLAGS: -lrosidl_runtime_c -lrcutils
#cgo noescape rosidl_runtime_c__String__assignn
#cgo nocallback rosidl_runtime_c__String__assignn
#include <rosidl_runtime_c/string_functions.h>
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// CString is the C type of a string, UTF-8 by convention.
type CString = C.rosidl_runtime_c__String

// CString__Sequence is the C type of a sequence of them.
type CString__Sequence = C.rosidl_runtime_c__String__Sequence

// emptyString is the target of an empty string's data: assignn refuses NULL.
var emptyString byte

// StringAsCStruct copies m into dst, an initialised *rosidl_runtime_c__String.
// The size goes along: a NUL in m survives as far as the middleware lets it.
func StringAsCStruct(dst unsafe.Pointer, m string) {
	data := unsafe.StringData(m)
	if len(m) == 0 {
		data = &emptyString
	}
	if !C.rosidl_runtime_c__String__assignn((*CString)(dst), (*C.char)(unsafe.Pointer(data)), C.size_t(len(m))) {
		panic(fmt.Sprintf("primitives: no memory for a string of %d bytes", len(m)))
	}
}

// StringAsGoStruct sets m to a copy of a *rosidl_runtime_c__String.
func StringAsGoStruct(m *string, ros2_message_buffer unsafe.Pointer) {
	src := (*CString)(ros2_message_buffer)
	*m = string(unsafe.Slice((*byte)(unsafe.Pointer(src.data)), int(src.size)))
}

// String__Sequence_to_C copies goSlice into cSlice, whose strings before are
// freed.
func String__Sequence_to_C(cSlice *CString__Sequence, goSlice []string) {
	C.rosidl_runtime_c__String__Sequence__fini(cSlice)
	if !C.rosidl_runtime_c__String__Sequence__init(cSlice, C.size_t(len(goSlice))) {
		panic(fmt.Sprintf("primitives: no memory for a sequence of %d strings", len(goSlice)))
	}
	String__Array_to_C(unsafe.Slice(cSlice.data, len(goSlice)), goSlice)
}

// String__Sequence_to_Go sets goSlice to a copy of cSlice.
func String__Sequence_to_Go(goSlice *[]string, cSlice CString__Sequence) {
	if cSlice.size == 0 {
		*goSlice = nil
		return
	}
	*goSlice = make([]string, int(cSlice.size))
	String__Array_to_Go(*goSlice, unsafe.Slice(cSlice.data, int(cSlice.size)))
}

// String__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func String__Array_to_C(cSlice []CString, goSlice []string) {
	for i := range cSlice[:min(len(cSlice), len(goSlice))] {
		StringAsCStruct(unsafe.Pointer(&cSlice[i]), goSlice[i])
	}
}

// String__Array_to_Go copies cSlice into goSlice, as far as the shorter
// reaches.
func String__Array_to_Go(goSlice []string, cSlice []CString) {
	for i := range goSlice[:min(len(goSlice), len(cSlice))] {
		StringAsGoStruct(&goSlice[i], unsafe.Pointer(&cSlice[i]))
	}
}

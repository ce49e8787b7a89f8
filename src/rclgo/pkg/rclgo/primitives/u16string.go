package primitives

/*
#cgo noescape rosidl_runtime_c__U16String__assignn
#cgo nocallback rosidl_runtime_c__U16String__assignn
#include <rosidl_runtime_c/u16string_functions.h>
*/
import "C"

import (
	"fmt"
	"unicode/utf16"
	"unsafe"
)

// CU16String is the C type of a wide string, UTF-16.
type CU16String = C.rosidl_runtime_c__U16String

// CU16String__Sequence is the C type of a sequence of them.
type CU16String__Sequence = C.rosidl_runtime_c__U16String__Sequence

// U16StringAsCStruct copies m into dst, an initialised
// *rosidl_runtime_c__U16String. A character beyond U+FFFF becomes a surrogate
// pair; a byte that is no UTF-8 becomes U+FFFD.
func U16StringAsCStruct(dst unsafe.Pointer, m string) {
	// One unit more than needed: its address is valid for an empty string, of
	// which assignn would refuse NULL.
	units := make([]uint16, 0, len(m)+1)
	for _, r := range m {
		units = utf16.AppendRune(units, r)
	}
	n := len(units)
	if !C.rosidl_runtime_c__U16String__assignn((*CU16String)(dst), (*C.uint16_t)(unsafe.SliceData(units)), C.size_t(n)) {
		panic(fmt.Sprintf("primitives: no memory for a wide string of %d units", n))
	}
}

// U16StringAsGoStruct sets msg to a copy of a *rosidl_runtime_c__U16String. A
// surrogate without its other half becomes U+FFFD.
func U16StringAsGoStruct(msg *string, ros2_message_buffer unsafe.Pointer) {
	src := (*CU16String)(ros2_message_buffer)
	*msg = string(utf16.Decode(unsafe.Slice((*uint16)(unsafe.Pointer(src.data)), int(src.size))))
}

// U16String__Sequence_to_C copies goSlice into cSlice, whose strings before are
// freed.
func U16String__Sequence_to_C(cSlice *CU16String__Sequence, goSlice []string) {
	C.rosidl_runtime_c__U16String__Sequence__fini(cSlice)
	if !C.rosidl_runtime_c__U16String__Sequence__init(cSlice, C.size_t(len(goSlice))) {
		panic(fmt.Sprintf("primitives: no memory for a sequence of %d wide strings", len(goSlice)))
	}
	U16String__Array_to_C(unsafe.Slice(cSlice.data, len(goSlice)), goSlice)
}

// U16String__Sequence_to_Go sets goSlice to a copy of cSlice.
func U16String__Sequence_to_Go(goSlice *[]string, cSlice CU16String__Sequence) {
	if cSlice.size == 0 {
		*goSlice = nil
		return
	}
	*goSlice = make([]string, int(cSlice.size))
	U16String__Array_to_Go(*goSlice, unsafe.Slice(cSlice.data, int(cSlice.size)))
}

// U16String__Array_to_C copies goSlice into cSlice, as far as the shorter
// reaches.
func U16String__Array_to_C(cSlice []CU16String, goSlice []string) {
	for i := range cSlice[:min(len(cSlice), len(goSlice))] {
		U16StringAsCStruct(unsafe.Pointer(&cSlice[i]), goSlice[i])
	}
}

// U16String__Array_to_Go copies cSlice into goSlice, as far as the shorter
// reaches.
func U16String__Array_to_Go(goSlice []string, cSlice []CU16String) {
	for i := range goSlice[:min(len(goSlice), len(cSlice))] {
		U16StringAsGoStruct(&goSlice[i], unsafe.Pointer(&cSlice[i]))
	}
}

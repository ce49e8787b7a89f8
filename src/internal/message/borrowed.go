package message

/*
#include <rosidl_runtime_c/primitives_sequence.h>
#include <rosidl_runtime_c/string.h>
*/
import "C"

import "unsafe"

// text is a string in a C message. It is written only when it changes, since
// each writing copies.
type text struct {
	field *C.rosidl_runtime_c__String
	now   string // what the field holds
}

func (t *text) set(s string) error {
	if t.now == s {
		return nil
	}
	if err := assign(t.field, s); err != nil {
		return err
	}
	t.now = s
	return nil
}

// borrowed is the uint8[] of a C message whose data is somebody else's memory:
// C's, or pinned.
type borrowed struct {
	field *C.rosidl_runtime_c__uint8__Sequence
	data  []byte // what the next publish sends
}

// lend points the field at the data.
func (b *borrowed) lend() {
	b.field.data = (*C.uint8_t)(unsafe.SliceData(b.data))
	b.field.size = C.size_t(len(b.data))
	b.field.capacity = C.size_t(len(b.data))
}

// giveBack lets go of the data, so that nobody frees what is not ours.
func (b *borrowed) giveBack() {
	b.data = nil
	*b.field = C.rosidl_runtime_c__uint8__Sequence{}
}

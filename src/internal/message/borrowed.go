package message

/*
#include <rosidl_runtime_c/primitives_sequence.h>
#include <rosidl_runtime_c/string.h>
*/
import "C"

import "unsafe"

// text is a string in a C message, written only when it changes: each writing copies.
type text struct {
	field *C.rosidl_runtime_c__String
	now   string // the field's content
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

// borrowed is the uint8[] of a C message whose data belongs to the caller: it is C's
// memory, or pinned.
type borrowed struct {
	field *C.rosidl_runtime_c__uint8__Sequence
	data  []byte // of the next publish
}

// lend points the field at the data.
func (b *borrowed) lend() {
	b.field.data = (*C.uint8_t)(unsafe.SliceData(b.data))
	b.field.size = C.size_t(len(b.data))
	b.field.capacity = C.size_t(len(b.data))
}

// giveBack empties the field, so that the middleware does not free the caller's data.
func (b *borrowed) giveBack() {
	b.data = nil
	*b.field = C.rosidl_runtime_c__uint8__Sequence{}
}

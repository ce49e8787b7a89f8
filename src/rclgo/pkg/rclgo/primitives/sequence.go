package primitives

/*
#include <stdint.h>
#include <rcutils/allocator.h>

// The memory of sequences has to come from rcutils' default allocator, with which
// rosidl frees them.
static void * sequence_reallocate(void * data, size_t count, size_t item_size)
{
  rcutils_allocator_t allocator = rcutils_get_default_allocator();
  allocator.deallocate(data, allocator.state);
  if (count > SIZE_MAX / item_size) {
    return NULL;
  }
  return allocator.allocate(count * item_size, allocator.state);
}
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// sequence is the layout that all sequences of rosidl_runtime_c share.
type sequence struct {
	data     unsafe.Pointer // C memory, or nil
	size     C.size_t       // items in use
	capacity C.size_t       // items allocated
}

// numbersToC makes the sequence at dst, whose items are Ts, hold a copy of src.
// dst must be initialised: its memory is overwritten if src fits into it, else
// freed. Items are plain numbers without pointers.
func numbersToC[T any](dst unsafe.Pointer, src []T) {
	seq := (*sequence)(dst)
	n := C.size_t(len(src))
	if seq.capacity < n {
		var item T
		seq.data = C.sequence_reallocate(seq.data, n, C.size_t(unsafe.Sizeof(item)))
		if seq.data == nil {
			seq.size, seq.capacity = 0, 0
			panic(fmt.Sprintf("primitives: no memory for a sequence of %d items of %d bytes", n, unsafe.Sizeof(item)))
		}
		seq.capacity = n
	}
	seq.size = n
	// One memmove for the whole sequence, whatever its type.
	copy(unsafe.Slice((*T)(seq.data), len(src)), src)
}

// numbersToGo returns a copy of the sequence at src, whose items are Ts, or nil
// if it is empty. The copy is new memory always: a caller may have kept the
// slice of the message before.
func numbersToGo[T any](src unsafe.Pointer) []T {
	seq := (*sequence)(src)
	if seq.size == 0 {
		return nil
	}
	return append([]T(nil), unsafe.Slice((*T)(seq.data), int(seq.size))...)
}

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
	"reflect"
	"unsafe"
)

// sequence is the common start of all sequence types of rosidl_runtime_c. Sequences of numbers
// are longer since ROS 2 Lyrical: arrays of them have the stride of their C type.
type sequence struct {
	data     unsafe.Pointer // C memory, or nil
	size     C.size_t       // items in use
	capacity C.size_t       // items allocated
}

// NoArray is the panic of a conversion from a sequence of numbers that holds no array. Since
// ROS 2 Lyrical it may hold an rosidl::Buffer of C++ instead, such as memory of a graphics
// processor.
type NoArray struct{}

func (NoArray) Error() string {
	return "a sequence holds an rosidl::Buffer, whose numbers only its back-end can read: subscribe with acceptable_buffer_backends \"cpu\", the default"
}

// bufferFlag is where the C type of a sequence of numbers says that it holds no array; 0 where
// the type cannot say so, up to Kilted.
var bufferFlag = offsetOf(reflect.TypeFor[CUint8__Sequence](), "is_rosidl_buffer")

// offsetOf returns the offset of a field of a struct, 0 if there is none of that name.
func offsetOf(t reflect.Type, field string) uintptr {
	f, _ := t.FieldByName(field)
	return f.Offset
}

// arrayAt returns the sequence at p, and panics with NoArray if it holds a buffer, which the
// byte at the offset flag says if that is not 0.
func arrayAt(p unsafe.Pointer, flag uintptr) *sequence {
	if flag != 0 && *(*byte)(unsafe.Add(p, flag)) != 0 {
		panic(NoArray{})
	}
	return (*sequence)(p)
}

// numbersToC makes the sequence at dst, whose items are Ts, hold a copy of src.
// dst must be initialised: its memory is overwritten if src fits into it, else
// freed. Items are plain numbers without pointers.
func numbersToC[T any](dst unsafe.Pointer, src []T) {
	seq := arrayAt(dst, bufferFlag)
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
	seq := arrayAt(src, bufferFlag)
	if seq.size == 0 {
		return nil
	}
	return append([]T(nil), unsafe.Slice((*T)(seq.data), int(seq.size))...)
}

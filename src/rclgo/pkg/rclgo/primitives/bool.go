package primitives

// #include <rosidl_runtime_c/primitives_sequence.h>
import "C"

import "unsafe"

// CBool is the C type of a bool.
type CBool = C.bool

// CBool__Sequence is the C type of a sequence of them.
type CBool__Sequence = C.rosidl_runtime_c__boolean__Sequence

// Bool__Sequence_to_C copies goSlice into cSlice.
func Bool__Sequence_to_C(cSlice *CBool__Sequence, goSlice []bool) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Bool__Sequence_to_Go sets goSlice to a copy of cSlice.
func Bool__Sequence_to_Go(goSlice *[]bool, cSlice CBool__Sequence) {
	seq := arrayAt(unsafe.Pointer(&cSlice), bufferFlag)
	if seq.size == 0 {
		*goSlice = nil
		return
	}
	*goSlice = make([]bool, int(seq.size))
	Bool__Array_to_Go(*goSlice, unsafe.Slice((*CBool)(seq.data), int(seq.size)))
}

// Bool__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Bool__Array_to_C(cSlice []CBool, goSlice []bool) {
	copy(unsafe.Slice((*bool)(unsafe.SliceData(cSlice)), len(cSlice)), goSlice)
}

// Bool__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Bool__Array_to_Go(goSlice []bool, cSlice []CBool) {
	// Not a memmove: the bytes come from the network, and a Go bool that is
	// neither 0 nor 1 is undefined.
	src := unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice))
	for i := range goSlice[:min(len(goSlice), len(src))] {
		goSlice[i] = src[i] != 0
	}
}

package primitives

// #include <rosidl_runtime_c/primitives_sequence.h>
import "C"

import "unsafe"

// CByte is the C type of a byte.
type CByte = C.uint8_t

// CByte__Sequence is the C type of a sequence of them.
type CByte__Sequence = C.rosidl_runtime_c__octet__Sequence

// Byte__Sequence_to_C copies goSlice into cSlice.
func Byte__Sequence_to_C(cSlice *CByte__Sequence, goSlice []byte) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Byte__Sequence_to_Go sets goSlice to a copy of cSlice.
func Byte__Sequence_to_Go(goSlice *[]byte, cSlice CByte__Sequence) {
	*goSlice = numbersToGo[byte](unsafe.Pointer(&cSlice))
}

// Byte__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Byte__Array_to_C(cSlice []CByte, goSlice []byte) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Byte__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Byte__Array_to_Go(goSlice []byte, cSlice []CByte) {
	copy(goSlice, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CChar is the C type of a char.
type CChar = C.schar

// CChar__Sequence is the C type of a sequence of them.
type CChar__Sequence = C.rosidl_runtime_c__char__Sequence

// Char__Sequence_to_C copies goSlice into cSlice.
func Char__Sequence_to_C(cSlice *CChar__Sequence, goSlice []byte) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Char__Sequence_to_Go sets goSlice to a copy of cSlice.
func Char__Sequence_to_Go(goSlice *[]byte, cSlice CChar__Sequence) {
	*goSlice = numbersToGo[byte](unsafe.Pointer(&cSlice))
}

// Char__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Char__Array_to_C(cSlice []CChar, goSlice []byte) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Char__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Char__Array_to_Go(goSlice []byte, cSlice []CChar) {
	copy(goSlice, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CFloat32 is the C type of a float32.
type CFloat32 = C.float

// CFloat32__Sequence is the C type of a sequence of them.
type CFloat32__Sequence = C.rosidl_runtime_c__float__Sequence

// Float32__Sequence_to_C copies goSlice into cSlice.
func Float32__Sequence_to_C(cSlice *CFloat32__Sequence, goSlice []float32) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Float32__Sequence_to_Go sets goSlice to a copy of cSlice.
func Float32__Sequence_to_Go(goSlice *[]float32, cSlice CFloat32__Sequence) {
	*goSlice = numbersToGo[float32](unsafe.Pointer(&cSlice))
}

// Float32__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Float32__Array_to_C(cSlice []CFloat32, goSlice []float32) {
	copy(unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Float32__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Float32__Array_to_Go(goSlice []float32, cSlice []CFloat32) {
	copy(goSlice, unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CFloat64 is the C type of a float64.
type CFloat64 = C.double

// CFloat64__Sequence is the C type of a sequence of them.
type CFloat64__Sequence = C.rosidl_runtime_c__double__Sequence

// Float64__Sequence_to_C copies goSlice into cSlice.
func Float64__Sequence_to_C(cSlice *CFloat64__Sequence, goSlice []float64) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Float64__Sequence_to_Go sets goSlice to a copy of cSlice.
func Float64__Sequence_to_Go(goSlice *[]float64, cSlice CFloat64__Sequence) {
	*goSlice = numbersToGo[float64](unsafe.Pointer(&cSlice))
}

// Float64__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Float64__Array_to_C(cSlice []CFloat64, goSlice []float64) {
	copy(unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Float64__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Float64__Array_to_Go(goSlice []float64, cSlice []CFloat64) {
	copy(goSlice, unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CInt8 is the C type of an int8.
type CInt8 = C.int8_t

// CInt8__Sequence is the C type of a sequence of them.
type CInt8__Sequence = C.rosidl_runtime_c__int8__Sequence

// Int8__Sequence_to_C copies goSlice into cSlice.
func Int8__Sequence_to_C(cSlice *CInt8__Sequence, goSlice []int8) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Int8__Sequence_to_Go sets goSlice to a copy of cSlice.
func Int8__Sequence_to_Go(goSlice *[]int8, cSlice CInt8__Sequence) {
	*goSlice = numbersToGo[int8](unsafe.Pointer(&cSlice))
}

// Int8__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Int8__Array_to_C(cSlice []CInt8, goSlice []int8) {
	copy(unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Int8__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Int8__Array_to_Go(goSlice []int8, cSlice []CInt8) {
	copy(goSlice, unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CInt16 is the C type of an int16.
type CInt16 = C.int16_t

// CInt16__Sequence is the C type of a sequence of them.
type CInt16__Sequence = C.rosidl_runtime_c__int16__Sequence

// Int16__Sequence_to_C copies goSlice into cSlice.
func Int16__Sequence_to_C(cSlice *CInt16__Sequence, goSlice []int16) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Int16__Sequence_to_Go sets goSlice to a copy of cSlice.
func Int16__Sequence_to_Go(goSlice *[]int16, cSlice CInt16__Sequence) {
	*goSlice = numbersToGo[int16](unsafe.Pointer(&cSlice))
}

// Int16__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Int16__Array_to_C(cSlice []CInt16, goSlice []int16) {
	copy(unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Int16__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Int16__Array_to_Go(goSlice []int16, cSlice []CInt16) {
	copy(goSlice, unsafe.Slice((*int16)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CInt32 is the C type of an int32.
type CInt32 = C.int32_t

// CInt32__Sequence is the C type of a sequence of them.
type CInt32__Sequence = C.rosidl_runtime_c__int32__Sequence

// Int32__Sequence_to_C copies goSlice into cSlice.
func Int32__Sequence_to_C(cSlice *CInt32__Sequence, goSlice []int32) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Int32__Sequence_to_Go sets goSlice to a copy of cSlice.
func Int32__Sequence_to_Go(goSlice *[]int32, cSlice CInt32__Sequence) {
	*goSlice = numbersToGo[int32](unsafe.Pointer(&cSlice))
}

// Int32__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Int32__Array_to_C(cSlice []CInt32, goSlice []int32) {
	copy(unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Int32__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Int32__Array_to_Go(goSlice []int32, cSlice []CInt32) {
	copy(goSlice, unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CInt64 is the C type of an int64.
type CInt64 = C.int64_t

// CInt64__Sequence is the C type of a sequence of them.
type CInt64__Sequence = C.rosidl_runtime_c__int64__Sequence

// Int64__Sequence_to_C copies goSlice into cSlice.
func Int64__Sequence_to_C(cSlice *CInt64__Sequence, goSlice []int64) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Int64__Sequence_to_Go sets goSlice to a copy of cSlice.
func Int64__Sequence_to_Go(goSlice *[]int64, cSlice CInt64__Sequence) {
	*goSlice = numbersToGo[int64](unsafe.Pointer(&cSlice))
}

// Int64__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Int64__Array_to_C(cSlice []CInt64, goSlice []int64) {
	copy(unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Int64__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Int64__Array_to_Go(goSlice []int64, cSlice []CInt64) {
	copy(goSlice, unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CUint8 is the C type of a uint8.
type CUint8 = C.uint8_t

// CUint8__Sequence is the C type of a sequence of them.
type CUint8__Sequence = C.rosidl_runtime_c__uint8__Sequence

// Uint8__Sequence_to_C copies goSlice into cSlice.
func Uint8__Sequence_to_C(cSlice *CUint8__Sequence, goSlice []uint8) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Uint8__Sequence_to_Go sets goSlice to a copy of cSlice.
func Uint8__Sequence_to_Go(goSlice *[]uint8, cSlice CUint8__Sequence) {
	*goSlice = numbersToGo[uint8](unsafe.Pointer(&cSlice))
}

// Uint8__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Uint8__Array_to_C(cSlice []CUint8, goSlice []uint8) {
	copy(unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Uint8__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Uint8__Array_to_Go(goSlice []uint8, cSlice []CUint8) {
	copy(goSlice, unsafe.Slice((*uint8)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CUint16 is the C type of a uint16.
type CUint16 = C.uint16_t

// CUint16__Sequence is the C type of a sequence of them.
type CUint16__Sequence = C.rosidl_runtime_c__uint16__Sequence

// Uint16__Sequence_to_C copies goSlice into cSlice.
func Uint16__Sequence_to_C(cSlice *CUint16__Sequence, goSlice []uint16) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Uint16__Sequence_to_Go sets goSlice to a copy of cSlice.
func Uint16__Sequence_to_Go(goSlice *[]uint16, cSlice CUint16__Sequence) {
	*goSlice = numbersToGo[uint16](unsafe.Pointer(&cSlice))
}

// Uint16__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Uint16__Array_to_C(cSlice []CUint16, goSlice []uint16) {
	copy(unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Uint16__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Uint16__Array_to_Go(goSlice []uint16, cSlice []CUint16) {
	copy(goSlice, unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CUint32 is the C type of a uint32.
type CUint32 = C.uint32_t

// CUint32__Sequence is the C type of a sequence of them.
type CUint32__Sequence = C.rosidl_runtime_c__uint32__Sequence

// Uint32__Sequence_to_C copies goSlice into cSlice.
func Uint32__Sequence_to_C(cSlice *CUint32__Sequence, goSlice []uint32) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Uint32__Sequence_to_Go sets goSlice to a copy of cSlice.
func Uint32__Sequence_to_Go(goSlice *[]uint32, cSlice CUint32__Sequence) {
	*goSlice = numbersToGo[uint32](unsafe.Pointer(&cSlice))
}

// Uint32__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Uint32__Array_to_C(cSlice []CUint32, goSlice []uint32) {
	copy(unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Uint32__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Uint32__Array_to_Go(goSlice []uint32, cSlice []CUint32) {
	copy(goSlice, unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

// CUint64 is the C type of a uint64.
type CUint64 = C.uint64_t

// CUint64__Sequence is the C type of a sequence of them.
type CUint64__Sequence = C.rosidl_runtime_c__uint64__Sequence

// Uint64__Sequence_to_C copies goSlice into cSlice.
func Uint64__Sequence_to_C(cSlice *CUint64__Sequence, goSlice []uint64) {
	numbersToC(unsafe.Pointer(cSlice), goSlice)
}

// Uint64__Sequence_to_Go sets goSlice to a copy of cSlice.
func Uint64__Sequence_to_Go(goSlice *[]uint64, cSlice CUint64__Sequence) {
	*goSlice = numbersToGo[uint64](unsafe.Pointer(&cSlice))
}

// Uint64__Array_to_C copies goSlice into cSlice, as far as the shorter reaches.
func Uint64__Array_to_C(cSlice []CUint64, goSlice []uint64) {
	copy(unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)), goSlice)
}

// Uint64__Array_to_Go copies cSlice into goSlice, as far as the shorter reaches.
func Uint64__Array_to_Go(goSlice []uint64, cSlice []CUint64) {
	copy(goSlice, unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(cSlice))), len(cSlice)))
}

package testmsg

// #include <malloc.h>
import "C"

// HeapInUse returns the bytes that C's allocator has given out and not got back.
func HeapInUse() int64 {
	info := C.mallinfo2()
	return int64(info.uordblks) + int64(info.hblkhd)
}

// Package mallinfo asks the C library how much of its memory is in use.
package mallinfo

// #include <malloc.h>
import "C"

// InUse returns the bytes that malloc has handed out and not got back.
func InUse() uint64 {
	info := C.mallinfo2()
	return uint64(info.uordblks) + uint64(info.hblkhd)
}

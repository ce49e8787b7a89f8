package leaktest

// #include <malloc.h>
import "C"

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// Usage counts a process's resources.
type Usage struct {
	Descriptors, Threads, Goroutines int
	Resident                         int // [bytes]
	Heap                             int // [bytes] that C has allocated and not freed
}

// Measure returns the present usage, after a collection of Go's garbage.
func Measure(t testing.TB) Usage {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	count := func(folder string) int {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
	if err != nil {
		t.Fatal(err)
	}
	heap := C.mallinfo2()
	return Usage{
		Descriptors: count("/proc/self/fd"),
		Threads:     count("/proc/self/task"),
		Goroutines:  runtime.NumGoroutine(),
		Resident:    pages * os.Getpagesize(),
		Heap:        int(heap.uordblks + heap.hblkhd),
	}
}

// Package holdings counts, for tests, what this process has of the system: what
// is lost and opened again a hundred times must not have more at the end.
package holdings

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// Holdings are what a process has.
type Holdings struct {
	Descriptors, Threads, Goroutines int
	Resident                         int // [bytes]
}

// Now counts, after Go's garbage has been collected.
func Now(t testing.TB) Holdings {
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
	return Holdings{
		Descriptors: count("/proc/self/fd"),
		Threads:     count("/proc/self/task"),
		Goroutines:  runtime.NumGoroutine(),
		Resident:    pages * os.Getpagesize(),
	}
}

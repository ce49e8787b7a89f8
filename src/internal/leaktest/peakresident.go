package leaktest

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// PeakResident returns the largest growth of this process's resident memory while f runs
// [bytes]. The work of all threads counts.
func PeakResident(t testing.TB, f func()) int {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	// This resets the peak, VmHWM: proc(5).
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
	before := status(t, "VmHWM")
	f()
	return status(t, "VmHWM") - before
}

// status returns a number of /proc/self/status [bytes].
func status(t testing.TB, name string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			var kilobytes int
			if _, err := fmt.Sscanf(rest, "%d kB", &kilobytes); err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatalf("/proc/self/status has no %s", name)
	return 0
}

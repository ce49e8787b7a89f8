package leaktest

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// patience bounds the wait for goroutines to end and for threads of C to close their
// descriptors: it is far longer than a busy machine needs.
const patience = time.Minute

// Run runs a package's tests, for its TestMain, and returns the status to exit with. It
// fails if the tests leave a goroutine or a descriptor behind, and names them.
func Run(m *testing.M) (status int) {
	before := descriptors()
	if status = m.Run(); status != 0 {
		return status // failed tests leave things behind
	}
	return remaining(os.Stderr, before, patience)
}

// remaining waits until only the descriptors of before are open and no goroutine is left.
// It returns 0, or 1 when its patience is over, and names the rest.
func remaining(to io.Writer, before map[string]string, patience time.Duration) (status int) {
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		goroutines, now := goleak.Find(), descriptors()
		maps.DeleteFunc(now, func(number, what string) bool { return before[number] == what })
		if goroutines == nil && len(now) == 0 {
			return 0
		}
		if time.Now().After(end) {
			if goroutines != nil {
				fmt.Fprintf(to, "goroutines that the tests have left: %v\n", goroutines)
			}
			for _, number := range slices.Sorted(maps.Keys(now)) {
				fmt.Fprintf(to, "descriptor that the tests have left: %s, %s\n", number, now[number])
			}
			return 1
		}
	}
}

// descriptors lists the open files of this process by number.
func descriptors() map[string]string {
	pollOnce()
	open := map[string]string{}
	const folder = "/proc/self/fd"
	entries, err := os.ReadDir(folder)
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		what, err := os.Readlink(filepath.Join(folder, entry.Name()))
		if err == nil { // it fails for the folder's own, which is closed by now
			open[entry.Name()] = what
		}
	}
	return open
}

// pollOnce starts Go's network poller, whose two descriptors are never closed.
var pollOnce = sync.OnceFunc(func() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	_, _ = r.Close(), w.Close()
})

package node

import (
	"context"
	"fmt"
	"sync"

	"av_capture/src/internal/await"
	"av_capture/src/internal/supervisor"
)

// maxHanging is the largest number of jobs that are left behind.
const maxHanging = 4

// Disk runs jobs that never return on a disk that hangs. Any goroutine may use it.
type Disk struct {
	left *supervisor.Left

	mu      sync.Mutex
	hanging map[string]bool // files of the jobs that were left behind
}

// NewDisk returns a Disk that notes its jobs in left.
func NewDisk(left *supervisor.Left) *Disk { return &Disk{left: left, hanging: map[string]bool{}} }

// Do waits for a job with a file as long as ctx lasts. Then the job is left behind, and
// its results must not be read. Another job with this file is refused until it returns:
// it might be first, and be undone.
func (d *Disk) Do(ctx context.Context, file string, job func() error) error {
	d.mu.Lock()
	hanging, count := d.hanging[file], len(d.hanging)
	d.mu.Unlock()
	switch {
	case hanging:
		return fmt.Errorf("%s: the disk still owes the answer to an earlier request", file)
	case count >= maxHanging:
		return fmt.Errorf("%s: the disk still owes the answers to %d earlier requests", file, count)
	}
	call := await.Do(job)
	if call.Until(ctx) {
		return call.Err()
	}
	d.mu.Lock()
	d.hanging[file] = true
	d.mu.Unlock()
	back := d.left.Add("reading or writing "+file, call.Begun(), "look at the disk or the file server")
	call.Leave(func(struct{}, error) {
		d.mu.Lock()
		delete(d.hanging, file)
		d.mu.Unlock()
		back()
	})
	return fmt.Errorf("%s: the disk does not answer", file)
}

package service

import (
	"context"
	"sync"
)

// queue runs jobs on goroutines of their own, one after another in the order in
// which they were added. The zero queue is empty.
type queue struct {
	mu      sync.Mutex
	last    chan struct{} // closed when the job that was added last is through; nil before the first
	running sync.WaitGroup
}

// add runs job when all jobs before it are through, or when ctx ends, then
// without waiting any longer: job must look at ctx first. add does not block.
func (q *queue) add(ctx context.Context, job func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	before, done := q.last, make(chan struct{})
	if before == nil {
		before = make(chan struct{})
		close(before)
	}
	q.last = done
	q.running.Go(func() {
		defer close(done)
		select {
		case <-before:
			job()
		case <-ctx.Done():
			job()
			<-before // those behind must not overtake those before
		}
	})
}

// wait waits until all jobs are through. Nothing may be added meanwhile.
func (q *queue) wait() { q.running.Wait() }

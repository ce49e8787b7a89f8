package service

import (
	"context"
	"sync"
)

// queue runs jobs one after another in the order of add, on goroutines of their own. The zero
// queue is empty.
type queue struct {
	mu      sync.Mutex
	last    chan struct{} // closed when the newest job is done; nil before the first
	running sync.WaitGroup
}

// add runs job after all jobs before it. If ctx ends before its turn, late runs instead, at once
// and beside another job, whose data it must not touch. add does not block.
func (q *queue) add(ctx context.Context, job, late func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	before, done := q.last, make(chan struct{})
	if before == nil {
		before = make(chan struct{})
		close(before)
	}
	q.last = done
	q.running.Add(1)
	go func() {
		defer q.running.Done()
		defer close(done)
		select {
		case <-before:
			if ctx.Err() != nil { // both at once
				late()
				return
			}
			job()
		case <-ctx.Done():
			late()
			<-before // keeps the order of the jobs
		}
	}()
}

// wait waits until all jobs are done. add must not be called meanwhile.
func (q *queue) wait() { q.running.Wait() }

package record

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"av_capture/src/internal/await"
)

// Bounds of the requests that are making files at a time, abandoned ones included.
const (
	// maxPerFolder bounds those of one folder: where its disk hangs, another folder helps.
	maxPerFolder = 8

	// maxRequests bounds those of all folders.
	maxRequests = 12
)

// errNoAnswer means that a disk has not answered in time.
var errNoAnswer = errors.New("the disk does not answer")

// takeTurn waits until no other request starts or stops a recording. endTurn lets the next
// one do so.
func (r *Recorder) takeTurn(ctx context.Context) error {
	select {
	case <-r.turn:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("an earlier request is still being carried out: %w", errNoAnswer)
	}
}

func (r *Recorder) endTurn() { r.turn <- struct{}{} }

// slot counts a request that makes a file in the present folder, until free is called.
func (r *Recorder) slot() (folder string, free func(), err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	folder = r.directory
	all := 0
	for _, count := range r.requests {
		all += count
	}
	switch count := r.requests[folder]; {
	case count >= maxPerFolder:
		return "", nil, fmt.Errorf("%d earlier requests for record_directory %q have not been answered: %w", count, folder, errNoAnswer)
	case all >= maxRequests:
		return "", nil, fmt.Errorf("%d earlier requests have not been answered, in all folders: %w", all, errNoAnswer)
	}
	r.requests[folder]++
	return folder, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.requests[folder]--; r.requests[folder] == 0 {
			delete(r.requests, folder)
		}
	}, nil
}

// request runs do, which waits for the disk, and returns its result. If ctx ends first,
// request leaves do behind and returns an error; wanted, which do calls once before its
// result counts, then returns false. done is called when do has returned.
func (r *Recorder) request(ctx context.Context, what string, done func(), do func(wanted func() bool) (string, error)) (string, error) {
	var decided atomic.Bool
	call := await.Go(func() (string, error) {
		defer done()
		return do(func() bool { return decided.CompareAndSwap(false, true) })
	})
	if call.Until(ctx) || !decided.CompareAndSwap(false, true) {
		return call.Result() // if do was past wanted, the rest takes no time
	}
	back := r.config.Left(what, call.Begun(), "look at the disk or the file server, or set record_directory to another")
	call.Leave(func(string, error) { back() })
	return "", fmt.Errorf("%s: %w", what, errNoAnswer)
}

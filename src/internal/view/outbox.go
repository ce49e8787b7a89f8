package view

import (
	"context"
	"sync"
)

// Bounds of what waits for a viewer: a second of sound in blocks of 10 ms, and two of the
// largest pictures.
const (
	maxQueued      = 128
	maxQueuedBytes = 64 << 20
)

// outbox holds what waits for a viewer. Putting never waits. Any goroutine may use it.
type outbox struct {
	mu     sync.Mutex
	keys   []string // of newest, in the order of their coming
	newest map[string]Message
	queue  []Message
	bytes  int           // in queue
	filled chan struct{} // holds one token while there may be something
}

func newOutbox() *outbox {
	return &outbox{newest: map[string]Message{}, filled: make(chan struct{}, 1)}
}

// put keeps the newest message of each key.
func (o *outbox) put(key string, m Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, waits := o.newest[key]; !waits {
		o.keys = append(o.keys, key)
	}
	o.newest[key] = m
	o.signal()
}

// push appends a message, and reports whether there was room for it.
func (o *outbox) push(m Message) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) >= maxQueued || o.bytes+len(m.Data) > maxQueuedBytes {
		return false
	}
	o.queue = append(o.queue, m)
	o.bytes += len(m.Data)
	o.signal()
	return true
}

func (o *outbox) signal() {
	select {
	case o.filled <- struct{}{}:
	default:
	}
}

// next waits for a message and takes it, those with a key first.
func (o *outbox) next(ctx context.Context) (Message, error) {
	for {
		if m, ok := o.take(); ok {
			return m, nil
		}
		select {
		case <-ctx.Done():
			return Message{}, ctx.Err()
		case <-o.filled:
		}
	}
}

func (o *outbox) take() (Message, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.keys) > 0 {
		key := o.keys[0]
		m := o.newest[key]
		delete(o.newest, key)
		o.keys = o.keys[1:]
		return m, true
	}
	if len(o.queue) > 0 {
		m := o.queue[0]
		o.queue[0] = Message{} // for the collector
		o.queue = o.queue[1:]
		o.bytes -= len(m.Data)
		return m, true
	}
	return Message{}, false
}

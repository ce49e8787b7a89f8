package node

import "sync/atomic"

// frameName is header.frame_id of a node's messages. One goroutine sets it and
// others use it.
type frameName struct{ name atomic.Pointer[string] }

func (f *frameName) set(name string) { f.name.Store(&name) }

func (f *frameName) now() string { return *f.name.Load() }

package node

import "sync/atomic"

// frameName is header.frame_id of a node's messages. One goroutine sets it and
// others use it.
type frameName struct {
	name atomic.Pointer[string]
	in   *string // what the message holds that renew is called for
}

func (f *frameName) set(name string) { f.name.Store(&name) }

func (f *frameName) now() string { return *f.name.Load() }

// renew brings a message up to date, always the same one, and allocates nothing
// where it is. The goroutine that publishes it calls it.
func (f *frameName) renew(message interface{ SetFrameID(string) error }) error {
	name := f.name.Load()
	if name == f.in {
		return nil
	}
	if err := message.SetFrameID(*name); err != nil {
		return err
	}
	f.in = name
	return nil
}

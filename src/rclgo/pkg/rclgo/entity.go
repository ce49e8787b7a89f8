package rclgo

import (
	"io"
	"runtime"
)

// entity is the part that publishers, subscriptions, services and clients
// share: they belong to a node, which outlives them and closes them.
type entity struct {
	node *Node
	life lifetime
}

// begin makes self, which the entity is part of, a child of n. create makes the
// C object and destroy frees it; both are called by [exclusively]. operation
// names the call in errors.
func (e *entity) begin(n *Node, self io.Closer, operation, name string, create, destroy func() error) error {
	if !n.life.acquire() {
		return n.closedError(operation, name)
	}
	e.node = n
	if err := exclusively(create); err != nil {
		n.life.release()
		return err
	}
	e.life.init(func() error {
		defer n.life.release()
		n.children.remove(self)
		return exclusively(destroy)
	})
	if !n.children.add(self) {
		e.life.beginClose(func() {})
		return n.closedError(operation, name)
	}
	n.context.changed()
	return nil
}

func (e *entity) isClosed() bool { return e.life.isClosed() }

// Node returns the node that the entity belongs to.
func (e *entity) Node() *Node { return e.node }

// exclusively calls f, which creates or destroys something in rcl, under the lock
// creation, and on a thread that stays the same until f has read its error.
func exclusively(f func() error) error {
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}

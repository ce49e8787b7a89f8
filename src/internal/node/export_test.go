package node

import "github.com/tiiuae/rclgo/pkg/rclgo"

// AddTimer has a timer of a test, which closes it, called on the thread of the node's executor.
func (b *Base) AddTimer(timer *rclgo.Timer) { b.executor.waitSet.AddTimers(timer) }

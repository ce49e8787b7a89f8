package video

import "golang.org/x/sys/unix"

// Kill kills the process.
func (e *Encoder[T]) Kill() { e.pipe.process.Signal(unix.SIGKILL) }

package acquire

import (
	"context"
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// Ended returns a descriptor that can be read from when ctx has ended, for a thread
// that waits in the kernel by poll(2), and what gives it back, once, after the last
// such wait.
func Ended(ctx context.Context) (descriptor int, release func(), err error) {
	descriptor, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return 0, nil, fmt.Errorf("eventfd: %w", err)
	}
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		// It fails when the counter is full only, and then poll wakes anyway.
		_, _ = unix.Write(descriptor, binary.NativeEndian.AppendUint64(nil, 1))
	})
	return descriptor, func() {
		if !stop() {
			<-told // else it could write to another's descriptor of the same number
		}
		_ = unix.Close(descriptor)
	}, nil
}

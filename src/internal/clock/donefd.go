package clock

import (
	"context"
	"encoding/binary"
	"fmt"

	"golang.org/x/sys/unix"
)

// DoneFD returns a descriptor that can be read from once ctx has ended, for poll(2). release
// closes it; it is called once, after the last wait.
func DoneFD(ctx context.Context) (descriptor int, release func(), err error) {
	descriptor, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return 0, nil, fmt.Errorf("eventfd: %w", err)
	}
	written := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(written)
		// It fails only if the counter is full, and then poll wakes anyway.
		_, _ = unix.Write(descriptor, binary.NativeEndian.AppendUint64(nil, 1))
	})
	return descriptor, func() {
		if !stop() {
			<-written // a later write could go to another descriptor of the same number
		}
		_ = unix.Close(descriptor)
	}, nil
}

package jpeg_test

import "golang.org/x/sys/unix"

// redirect makes another descriptor stderr until restore is called.
func redirect(to int) (restore func() error, err error) {
	kept, err := unix.Dup(unix.Stderr)
	if err != nil {
		return nil, err
	}
	if err := unix.Dup3(to, unix.Stderr, 0); err != nil {
		unix.Close(kept)
		return nil, err
	}
	return func() error {
		defer unix.Close(kept)
		return unix.Dup3(kept, unix.Stderr, 0)
	}, nil
}

package holder

import (
	"fmt"
	"os"
	"sync"
	"syscall"

	"av_capture/src/internal/acquire"
)

// claims are the devices that sources of this process have, by the device's
// number, so that it does not matter by which path or link one is named.
var claims = struct {
	sync.Mutex
	owners map[uint64]string
}{owners: map[uint64]string{}}

// Claim notes that owner, in words such as "node /left", has the device with
// this node, or is about to open it. It is an [acquire.ErrBusy] that names the
// other one if the device is claimed already. The claim ends with release, which
// may be called any number of times and never is nil. What is no device, or not
// there, is nobody's: opening it will tell.
//
// Any goroutine may call it; it does not block.
func Claim(path, owner string) (release func(), err error) {
	number, ok := numberOf(path)
	if !ok {
		return func() {}, nil
	}
	claims.Lock()
	defer claims.Unlock()
	switch other, taken := claims.owners[number]; {
	case taken && other == owner:
		return func() {}, fmt.Errorf("in use by %s%s: %w", owner, itself, acquire.ErrBusy)
	case taken:
		return func() {}, fmt.Errorf("in use by %s: %w", other, acquire.ErrBusy)
	}
	claims.owners[number] = owner
	return sync.OnceFunc(func() {
		claims.Lock()
		defer claims.Unlock()
		delete(claims.owners, number)
	}), nil
}

// claimed returns who in this process has a device, and whether anybody does.
func claimed(number uint64) (owner string, ok bool) {
	claims.Lock()
	defer claims.Unlock()
	owner, ok = claims.owners[number]
	return owner, ok
}

// numberOf returns the number of the character device that a path leads to, by
// links or not, and whether it does.
func numberOf(path string) (uint64, bool) {
	info, err := os.Stat(path)
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return 0, false
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return uint64(status.Rdev), true
}

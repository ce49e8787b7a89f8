package holder

import (
	"fmt"
	"os"
	"sync"
	"syscall"

	"av_capture/src/internal/media"
)

// claims are the devices that sources of this process have. They are kept by the device's
// number, since several paths and links lead to it.
var claims = struct {
	sync.Mutex
	owners map[uint64]string
}{owners: map[uint64]string{}}

// Claim notes that owner, in words such as "node /left", has the device at path, or is about
// to open it. If the device is claimed already it returns an [media.ErrBusy] that names the
// other owner. The claim ends with release, which may be called any number of times and is
// never nil. A path of no device is not claimed: opening it will fail.
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
		return func() {}, fmt.Errorf("in use by %s%s: %w", owner, itself, media.ErrBusy)
	case taken:
		return func() {}, fmt.Errorf("in use by %s: %w", other, media.ErrBusy)
	}
	claims.owners[number] = owner
	return sync.OnceFunc(func() {
		claims.Lock()
		defer claims.Unlock()
		delete(claims.owners, number)
	}), nil
}

// claimed returns the owner of a device in this process, and whether there is one.
func claimed(number uint64) (owner string, ok bool) {
	claims.Lock()
	defer claims.Unlock()
	owner, ok = claims.owners[number]
	return owner, ok
}

// numberOf returns the number of the character device at a path, through links, and whether
// there is one.
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

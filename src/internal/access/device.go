package access

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode"

	"golang.org/x/sys/unix"
)

// videoMajor is the number that Linux has given V4L2's character devices.
const videoMajor = 81

// InDev reports whether a path lies below /dev by its text. It does not touch the disk.
func InDev(path string) bool {
	return strings.HasPrefix(path, "/dev/") && filepath.Clean(path) == path && !strings.ContainsFunc(path, unicode.IsControl)
}

// IsVideoDevice reports whether a name leads to a V4L2 device. It does not open it. It is for
// names [InDev]: of others it would tell a stranger which files exist.
func IsVideoDevice(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode()&fs.ModeCharDevice != 0 && unix.Major(uint64(stat.Rdev)) == videoMajor
}

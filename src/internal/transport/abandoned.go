package transport

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Each segment of Fast DDS has a file beside it, <segment>_el, on which the
// process that made the segment holds a lock (flock) for as long as it lives.
// The kernel takes the lock away however the process ends; the files stay.
var lockFile = regexp.MustCompile(`^fast(rtps|dds)_[0-9a-f]{16}_el$`)

// settled is the age from which a lock file counts: a process that starts makes
// its file a moment before it locks it.
const settled = 10 * time.Second

// abandoned is what killed processes had left behind.
type abandoned struct {
	segments int
	bytes    int64
}

// removeAbandoned removes the segments in a folder whose processes are dead, as
// `fastdds shm clean` does. Those of a living process are left alone, whichever
// user's, container's or middleware version's it is: nobody but the kernel
// decides who lives. Who still reads from a segment keeps what he has mapped.
//
// What cannot be removed, since another user's it is, stays.
func removeAbandoned(folder string, now time.Time) (removed abandoned, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return removed, err
	}
	var errs []error
	for _, entry := range entries {
		info, err := entry.Info()
		// A file that has gone is somebody else's business.
		if err != nil || !lockFile.MatchString(entry.Name()) || !info.Mode().IsRegular() || now.Sub(info.ModTime()) < settled {
			continue
		}
		bytes, found, err := removeIfDead(filepath.Join(folder, entry.Name()))
		if found {
			removed.segments++
			removed.bytes += bytes
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
			errs = append(errs, err)
		}
	}
	return removed, errors.Join(errs...)
}

// removeIfDead removes a segment and its lock file if nobody holds the lock, and
// says whether there was a segment, and its size.
func removeIfDead(lock string) (bytes int64, found bool, err error) {
	handle, err := unix.Open(lock, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, false, &os.PathError{Op: "open", Path: lock, Err: err}
	}
	defer unix.Close(handle) // gives the lock back
	if err := unix.Flock(handle, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			return 0, false, nil // it lives
		}
		return 0, false, &os.PathError{Op: "flock", Path: lock, Err: err}
	}
	segment := strings.TrimSuffix(lock, "_el")
	if info, err := os.Lstat(segment); err == nil {
		if err := os.Remove(segment); err != nil {
			return 0, false, err
		}
		bytes, found = info.Size(), true
	}
	return bytes, found, os.Remove(lock)
}

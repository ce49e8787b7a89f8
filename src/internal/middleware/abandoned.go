package middleware

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"av_capture/src/internal/oneline"

	"golang.org/x/sys/unix"
)

// Each segment of Fast DDS has a file beside it, <segment>_el, on which the
// process that made the segment holds a lock (flock) for as long as it lives.
// The kernel takes the lock away however the process ends; the files stay.
var lockFile = regexp.MustCompile(`^fast(rtps|dds)_[0-9a-f]{16}_el$`)

// settled is the age from which a lock file counts: a starting process makes its file a
// moment before it locks it.
const settled = 10 * time.Second

// abandoned counts the segments of killed processes.
type abandoned struct {
	segments int
	bytes    int64
}

// removeAbandoned removes the segments of dead processes in a folder, as `fastdds shm clean`
// does. Segments of living processes stay, of any user, container or version of the
// middleware: the kernel's lock tells which live. A process that still reads from a removed
// segment keeps its mapping. Other users' segments, which cannot be removed, stay.
func removeAbandoned(folder string, now time.Time) (removed abandoned, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return removed, err
	}
	var errs []error
	for _, entry := range entries {
		info, err := entry.Info()
		// Another process may have removed the file.
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
	return removed, oneline.Join(errs...)
}

// removeIfDead removes a segment and its lock file if no process holds the lock. It returns
// whether there was a segment, and its size.
func removeIfDead(lock string) (bytes int64, found bool, err error) {
	handle, err := unix.Open(lock, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, false, &os.PathError{Op: "open", Path: lock, Err: err}
	}
	defer unix.Close(handle) // releases the lock
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

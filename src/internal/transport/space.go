package transport

import (
	"fmt"
	"syscall"
)

// sharedMemory is where shm_open makes its files on Linux.
const sharedMemory = "/dev/shm"

// leastSegment is the smallest segment that is worth a profile: it takes an
// image of 1280x720.
const leastSegment = 4 << 20 // [bytes]

// freeSpace returns how much of a file system is free to us [bytes].
func freeSpace(path string) (uint64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0, fmt.Errorf("statfs %s: %w", path, err)
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}

// fit returns the segment that fits into free bytes: the one that is wanted,
// else its half, its quarter and so on; 0 where there is no room for the least.
//
// Fast DDS touches all of its segment at once and is killed by SIGBUS when the
// memory is not there. Besides the segment it takes an eighth for its book-keeping,
// and the subscribers want some of the rest.
func fit(wanted, free uint64) uint64 {
	for segment := wanted; segment >= leastSegment; segment /= 2 {
		if segment+segment/4 <= free {
			return segment
		}
	}
	return 0
}

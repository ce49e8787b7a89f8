package middleware

import (
	"fmt"
	"syscall"
)

// sharedMemory is the folder of shm_open's files on Linux.
const sharedMemory = "/dev/shm"

// leastSegment is the smallest segment that is worth a profile: an image of 1280x720 fits.
const leastSegment = 4 << 20 // [bytes]

// freeSpace returns the space of a file system that is free to us [bytes].
func freeSpace(path string) (uint64, error) {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(path, &stat); err != nil {
		return 0, fmt.Errorf("statfs %s: %w", path, err)
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}

// fit returns the size of a segment that fits into free bytes: wanted, else its half, its
// quarter and so on; 0 where leastSegment does not fit.
//
// Fast DDS touches all of its segment at once, and SIGBUS kills the process if the memory is
// missing. Besides the segment it takes an eighth for its book-keeping, and subscribers need
// some of the rest.
func fit(wanted, free uint64) uint64 {
	for segment := wanted; segment >= leastSegment; segment /= 2 {
		if segment+segment/4 <= free {
			return segment
		}
	}
	return 0
}

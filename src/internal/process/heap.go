package process

// C's heap holds what the middleware may come to need, from the beginning.
//
// A reliable publisher of ROS keeps an image until each subscriber has it, as
// many as its history is deep. Fast DDS takes memory for one of them when it is
// first needed and keeps it for good: a process would grow by one image whenever
// a subscriber is slower than it has ever been, days after the start maybe, and
// fault in its pages just when the machine is busy. With [ReserveHeap] that memory is
// there from the first image on, and the process stays as large as it is.
//
// It is glibc's malloc that makes this possible; with another one ReserveHeap does
// nothing that lasts. See mallopt(3).

/*
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// Memory that one thread frees is there for all only if they share an arena. Go
// calls C on many threads, each of which would get one of its own, up to eight
// times the processors. It must be set before there are threads, so before Go.
__attribute__((constructor)) static void share_arena(void) { mallopt(M_ARENA_MAX, 1); }

#define LARGEST (32 * 1024 * 1024) // [bytes] the most that M_MMAP_THRESHOLD may be
#define PAGE 4096                  // [bytes] or more

// Returns the free bytes of the heap.
static size_t free_bytes(void) {
#if __GLIBC_PREREQ(2, 33)
	return mallinfo2().fordblks;
#else
	return (unsigned)mallinfo().fordblks;
#endif
}

// Takes blocks of a size and gives them back, so that they stay in the heap with
// pages of their own, beside what is free in it already: that may be reserved for
// somebody else.
static void reserve(size_t blocks, size_t size) {
	if (size < sizeof(void *) || size > LARGEST)
		return;
	mallopt(M_MMAP_THRESHOLD, LARGEST); // blocks of the heap, not mappings of their own
	mallopt(M_TRIM_THRESHOLD, -1);      // which stay when they are free
	void *last = NULL;
	for (blocks += free_bytes() / size; blocks > 0; blocks--) {
		char *block = malloc(size);
		if (!block)
			break;
		for (size_t at = 0; at < size; at += PAGE)
			*(volatile char *)(block + at) = 0;
		*(void **)block = last;
		last = block;
	}
	while (last) {
		void *block = last;
		last = *(void **)block;
		free(block);
	}
}
*/
import "C"

import "sync"

var heap sync.Mutex // one at a time: what another one holds would not count as free

// ReserveHeap makes the process larger by so many blocks of so many bytes, which C's
// malloc then gives to whoever asks first. Blocks above 32 MiB are left alone.
func ReserveHeap(blocks, size int) {
	if blocks <= 0 || size <= 0 {
		return
	}
	heap.Lock()
	defer heap.Unlock()
	C.reserve(C.size_t(blocks), C.size_t(size))
}

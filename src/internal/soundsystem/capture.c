// The sound system's thread of a microphone. It copies into a ring buffer, and signals an
// eventfd if a reader waits for this period. It calls nothing of Go: a call takes a processor of
// Go's scheduler, and leaves it in a state that keeps Go's monitor thread awake for 10 ms.

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "symbols.h"

// mine is what the calling thread is for: a device of miniaudio, and where it writes, once its
// first callback has told.
static _Thread_local struct {
	void *device;
	struct capture *capture;
} mine;

// malgo's callback is goDataCallback, in Go. The linker sends its calls here (--wrap, see
// capture.go).
void __real_goDataCallback(void *device, void *output, void *input, uint32_t frames);

void __wrap_goDataCallback(void *device, void *output, void *input, uint32_t frames) {
	if (device == mine.device && mine.capture != NULL) {
		capture_write(mine.capture, input, frames);
		return;
	}
	mine.device = device;
	mine.capture = NULL;
	__real_goDataCallback(device, output, input, frames);
}

void capture_into(struct capture *c) {
	mine.capture = c;
}

// now returns CLOCK_MONOTONIC [ns].
static int64_t now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// write_part writes a period, or a part of one that is larger than a quarter of the ring.
static void write_part(struct capture *c, const void *samples, uint32_t frames, int64_t at_time, uint64_t waiting) {
	size_t bytes = (size_t)frames * c->frame_size;
	uint64_t length = 1 + (bytes + sizeof(struct period) - 1) / sizeof(struct period);
	uint64_t at = c->written % c->size;
	uint64_t skipped = at + length > c->size ? c->size - at : 0;
	if (c->written + skipped + length - __atomic_load_n(&c->read, __ATOMIC_ACQUIRE) > c->size) {
		c->dropped += frames;
		return;
	}
	if (skipped > 0) {
		c->ring[at].frames = NO_PERIOD;
		at = 0;
	}
	struct period *period = &c->ring[at];
	period->at = at_time;
	period->waiting = (uint32_t)waiting;
	period->dropped = c->dropped;
	period->frames = frames;
	period->xrun = __atomic_exchange_n(&c->xrun, 0, __ATOMIC_RELAXED);
	memcpy(period + 1, samples, bytes);
	uint64_t in_all = c->frames + c->dropped + frames;
	c->dropped = 0;
	__atomic_store_n(&c->written, c->written + skipped + length, __ATOMIC_RELEASE);

	// The reader stores wake_at before it loads frames, and here it is the other way round, all
	// in one order (SEQ_CST): one of the two sees what the other has stored.
	__atomic_store_n(&c->frames, in_all, __ATOMIC_SEQ_CST);
	if (in_all >= __atomic_load_n(&c->wake_at, __ATOMIC_SEQ_CST)) {
		__atomic_store_n(&c->wake_at, UINT64_MAX, __ATOMIC_SEQ_CST);
		uint64_t one = 1;
		ssize_t ignored = write(c->event, &one, sizeof one); // it fails if the counter is full: the reader wakes anyway
		(void)ignored;
	}
}

void capture_write(struct capture *c, const void *samples, uint32_t frames) {
	__atomic_store_n(&c->callbacks, c->callbacks + 1, __ATOMIC_RELAXED);
	if (samples == NULL || frames == 0)
		return;
	unsigned long waiting;
	int64_t at = read_at(&waiting);
	if (at == 0)
		at = now();
	// What does not fit at the ring's end goes to its start: a period of more than half of the
	// ring might fit in neither, ever.
	uint64_t most = c->size / 4 * sizeof(struct period) / c->frame_size;
	while (frames > 0) {
		uint32_t part = frames < most ? frames : (uint32_t)(most > 0 ? most : 1);
		frames -= part;
		write_part(c, samples, part, at, waiting + frames);
		samples = (const char *)samples + (size_t)part * c->frame_size;
	}
}

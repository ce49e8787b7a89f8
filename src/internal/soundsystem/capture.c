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

void capture_write(struct capture *c, const void *samples, uint32_t frames) {
	__atomic_store_n(&c->callbacks, c->callbacks + 1, __ATOMIC_RELAXED);
	if (samples == NULL || frames == 0)
		return;
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
	unsigned long waiting;
	period->at = read_at(&waiting);
	if (period->at == 0) {
		struct timespec now;
		clock_gettime(CLOCK_MONOTONIC, &now);
		period->at = now.tv_sec * 1000000000LL + now.tv_nsec;
	}
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

#include <stdint.h>

// period is the header of a period of sound.
struct period {
	int64_t at; // CLOCK_MONOTONIC [ns]; see read_at in symbols.h
	uint64_t dropped; // [audio frames] just before it, for want of room
	uint32_t frames; // of samples behind the header; NO_PERIOD: the next period lies at the ring's start
	uint32_t waiting; // [audio frames] more that the microphone had acquired
	uint32_t xrun; // the sound system has told of an overrun since the last period
	uint32_t unused;
};

#define NO_PERIOD UINT32_MAX

// capture is a ring buffer between a microphone's thread, which is the sound system's and runs
// C alone, and Go, in whose memory it lies, pinned. One thread writes, and one goroutine at a
// time reads. Positions count headers, and samples in units of a header's size.
struct capture {
	struct period *ring;
	uint64_t size; // of ring
	uint32_t frame_size; // [bytes]
	int event; // an eventfd

	uint64_t written; // position; by the thread alone
	uint64_t frames; // [audio frames] up to there, dropped ones included; by the thread alone
	uint64_t dropped; // [audio frames] since then; of the thread
	uint64_t callbacks; // by the thread alone
	uint64_t read; // position; by the reader alone

	uint64_t wake_at; // value of frames at which the thread signals event, once; UINT64_MAX for none
	uint32_t xrun; // the sound system has told of an overrun since the last period
};

// capture_into has the calling thread, in a callback of its device, write into c in all later
// ones, and call Go no more.
void capture_into(struct capture *c);

// capture_write writes a period, on the thread of the device.
void capture_write(struct capture *c, const void *samples, uint32_t frames);

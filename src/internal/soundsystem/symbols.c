// Stands between miniaudio and the sound systems' libraries.
//
// miniaudio loads libasound and libpulse when it is used, and looks their functions
// up by name. The linker sends its calls of dlsym here (--wrap, see symbols.go), where
// some names give functions of ours, which call those of the libraries. Nothing is
// assumed of miniaudio but these names; is_replaced tells whether it asked for one.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "symbols.h"

// As in alsa/pcm.h and in pulse/channelmap.h, stream.h and def.h, whose packages need
// not be installed.
typedef long pcm_readi(void *pcm, void *frames, unsigned long count);
typedef long pcm_writei(void *pcm, const void *frames, unsigned long count);
typedef int pcm_revents(void *pcm, struct pollfd *files, unsigned count, unsigned short *revents);
typedef int pcm_state(void *pcm);
typedef long pcm_avail(void *pcm);
typedef struct {
	uint8_t channels;
	int map[32];
} channel_map;
typedef channel_map *channel_map_init_extend(channel_map *map, unsigned channels, int standard);
typedef int stream_connect_record(void *stream, const char *device, const void *attributes, int flags);
typedef int stream_connect_playback(void *stream, const char *device, const void *attributes,
	int flags, const void *volume, void *synchronous);
typedef void *mainloop_new(void);
typedef void mainloop_free(void *loop);
typedef void *context_new(void *api, const char *name);
typedef void context_unref(void *context);

enum {
	SND_PCM_STATE_DISCONNECTED = 8,
};

enum {
	PA_STREAM_NO_REMAP_CHANNELS = 0x10,
	PA_STREAM_NO_REMIX_CHANNELS = 0x20,
	PA_STREAM_FIX_FORMAT = 0x40,
};

static pcm_readi judged_readi;
static pcm_writei judged_writei;
static pcm_revents judged_revents;
static pcm_state state;
static pcm_avail avail;
static channel_map_init_extend map_of_device;
static stream_connect_record record_as_captured;
static stream_connect_playback play_any_format;
static mainloop_new noted_mainloop_new;
static mainloop_free noted_mainloop_free;
static context_new noted_context_new;
static context_unref noted_context_unref;

enum {
	READI,
	WRITEI,
	REVENTS,
	STATE,
	AVAIL,
	INIT_EXTEND,
	CONNECT_RECORD,
	CONNECT_PLAYBACK,
	MAINLOOP_NEW,
	MAINLOOP_FREE,
	CONTEXT_NEW,
	CONTEXT_UNREF,
	REPLACED,
};

// The functions that are replaced. Those of a library that is loaded again may lie
// elsewhere; each caller has then looked them up again.
static struct {
	const char *name;
	void *ours;
	void *_Atomic theirs;
} replaced[REPLACED] = {
	[READI] = { "snd_pcm_readi", (void *)judged_readi, NULL },
	[WRITEI] = { "snd_pcm_writei", (void *)judged_writei, NULL },
	[REVENTS] = { "snd_pcm_poll_descriptors_revents", (void *)judged_revents, NULL },
	[STATE] = { "snd_pcm_state", (void *)state, NULL },
	[AVAIL] = { "snd_pcm_avail", (void *)avail, NULL },
	[INIT_EXTEND] = { "pa_channel_map_init_extend", (void *)map_of_device, NULL },
	[CONNECT_RECORD] = { "pa_stream_connect_record", (void *)record_as_captured, NULL },
	[CONNECT_PLAYBACK] = { "pa_stream_connect_playback", (void *)play_any_format, NULL },
	[MAINLOOP_NEW] = { "pa_mainloop_new", (void *)noted_mainloop_new, NULL },
	[MAINLOOP_FREE] = { "pa_mainloop_free", (void *)noted_mainloop_free, NULL },
	[CONTEXT_NEW] = { "pa_context_new", (void *)noted_context_new, NULL },
	[CONTEXT_UNREF] = { "pa_context_unref", (void *)noted_context_unref, NULL },
};

// THEIRS is the library's own function.
#define THEIRS(type, number) ((type *)atomic_load(&replaced[number].theirs))

// judged makes an error of ALSA's one that miniaudio knows; later stands for those
// after which it shall just try again.
//
// After an EPIPE miniaudio 0.11.23 prepares the device anew, or gives it up when that
// fails. After any other error of snd_pcm_readi it tries again, as fast as it can,
// until the device is stopped, and then takes the error for a number of audio frames:
// -ENODEV for 4294967277, which it converts as far as there is memory, and further.
// So every error becomes an EPIPE: a card that was pulled out fails to be prepared,
// and one that the system's sleep has stopped goes on.
static long judged(long result, long later) {
	if (result >= 0)
		return result;
	return result == -EAGAIN || result == -EINTR ? later : -EPIPE;
}

// reading is the last one of this thread's microphone.
static _Thread_local struct {
	int64_t at; // CLOCK_MONOTONIC [ns], 0 without one
	long waiting;
} reading;

static long judged_readi(void *pcm, void *frames, unsigned long count) {
	long got = THEIRS(pcm_readi, READI)(pcm, frames, count);
	if (got > 0) {
		struct timespec now;
		reading.waiting = avail(pcm);
		clock_gettime(CLOCK_MONOTONIC, &now);
		reading.at = now.tv_sec * 1000000000LL + now.tv_nsec;
	}
	return judged(got, 0);
}

int64_t read_at(unsigned long *waiting) {
	*waiting = reading.waiting > 0 ? reading.waiting : 0; // avail may fail, as after an overrun
	return reading.at;
}

static long judged_writei(void *pcm, const void *frames, unsigned long count) {
	return judged(THEIRS(pcm_writei, WRITEI)(pcm, frames, count), -EAGAIN);
}

// judged_revents fails once a card has been pulled out, and pauses after an error that does
// not say so yet: the clock of dsnoop and dmix ends before their card does. miniaudio ends its
// thread's work after the failure, and says so (see pulledOut in system.go).
//
// miniaudio 0.11.23 asks for the events of such a card in a busy loop until the device is
// stopped, on a thread that has a real-time priority where the user may have one. On a
// single processor nothing else runs then, neither what stops the device nor the kernel's
// own farewell to it, until the kernel throttles the thread after a second.
static int judged_revents(void *pcm, struct pollfd *files, unsigned count, unsigned short *revents) {
	int result = THEIRS(pcm_revents, REVENTS)(pcm, files, count, revents);
	if (result < 0 || (*revents & POLLERR) == 0)
		return result;
	if (state(pcm) == SND_PCM_STATE_DISCONNECTED)
		return -ENODEV;
	if ((*revents & (POLLIN | POLLOUT)) == 0)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	return result;
}

// state is the library's own; judged_revents needs it.
static int state(void *pcm) {
	return THEIRS(pcm_state, STATE)(pcm);
}

// avail is the library's own, which asks the driver; judged_readi needs it.
static long avail(void *pcm) {
	return THEIRS(pcm_avail, AVAIL)(pcm);
}

// map_of_device leaves the positions of a device's channels as they are, where a stream
// has as many channels. miniaudio names those of AIFF instead, and the server would mix
// the device's to these: of six channels in the order of ALSA it makes other ones.
static channel_map *map_of_device(channel_map *map, unsigned channels, int standard) {
	if (map->channels == channels)
		return map;
	return THEIRS(channel_map_init_extend, INIT_EXTEND)(map, channels, standard);
}

// record_as_captured has channels arrive as they are where two have the same position,
// too: PulseAudio would mix these. PipeWire ignores the flags, and goes by the positions.
static int record_as_captured(void *stream, const char *device, const void *attributes, int flags) {
	flags |= PA_STREAM_NO_REMAP_CHANNELS | PA_STREAM_NO_REMIX_CHANNELS;
	flags &= ~PA_STREAM_FIX_FORMAT; // as play_any_format does
	return THEIRS(stream_connect_record, CONNECT_RECORD)(stream, device, attributes, flags);
}

// play_any_format has the server convert to samples that miniaudio does not know, those
// of 24 bit in 4 bytes say. For such a device miniaudio asks for 32 bit floating point,
// but lets the server take the device's format all the same, which it then refuses.
static int play_any_format(void *stream, const char *device, const void *attributes, int flags,
	const void *volume, void *synchronous) {
	flags &= ~PA_STREAM_FIX_FORMAT;
	return THEIRS(stream_connect_playback, CONNECT_PLAYBACK)(
		stream, device, attributes, flags, volume, synchronous);
}

// attempt is the connection to PulseAudio that this thread is making.
//
// miniaudio 0.11.23 forgets its pa_context when it cannot connect, and its whole
// connection when it has one but cannot open a device: a descriptor, 64 MB of address
// space and perhaps one of the server's 64 clients for good.
static _Thread_local struct {
	int begun;
	void *loop, *context;
} attempt;

static void *noted_mainloop_new(void) {
	void *loop = THEIRS(mainloop_new, MAINLOOP_NEW)();
	if (attempt.begun)
		attempt.loop = loop;
	return loop;
}

static void *noted_context_new(void *api, const char *name) {
	void *context = THEIRS(context_new, CONTEXT_NEW)(api, name);
	if (attempt.begun)
		attempt.context = context;
	return context;
}

static void noted_context_unref(void *context) {
	if (context == attempt.context)
		attempt.context = NULL;
	THEIRS(context_unref, CONTEXT_UNREF)(context);
}

static void noted_mainloop_free(void *loop) {
	if (loop == attempt.loop) {
		if (attempt.context != NULL)
			noted_context_unref(attempt.context);
		attempt.loop = NULL;
	}
	THEIRS(mainloop_free, MAINLOOP_FREE)(loop);
}

void begin_connection(void) {
	attempt.begun = 1;
}

void end_connection(int failed) {
	if (failed && attempt.loop != NULL)
		noted_mainloop_free(attempt.loop);
	memset(&attempt, 0, sizeof attempt);
}

void *__real_dlsym(void *library, const char *name);

void *__wrap_dlsym(void *library, const char *name) {
	void *found = __real_dlsym(library, name);
	for (int i = 0; found != NULL && i < REPLACED; i++) {
		if (strcmp(name, replaced[i].name) == 0) {
			atomic_store(&replaced[i].theirs, found);
			return replaced[i].ours;
		}
	}
	return found;
}

int is_replaced(const char *name) {
	for (int i = 0; i < REPLACED; i++) {
		if (strcmp(name, replaced[i].name) == 0)
			return atomic_load(&replaced[i].theirs) != NULL;
	}
	return 0;
}

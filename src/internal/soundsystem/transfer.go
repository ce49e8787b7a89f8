package soundsystem

/*
#cgo LDFLAGS: -ldl

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

// ALSA's own, as in alsa/pcm.h, whose package need not be installed.
static long (*alsa_readi)(void *pcm, void *frames, unsigned long count);
static long (*alsa_writei)(void *pcm, const void *frames, unsigned long count);

// judged makes an error one that miniaudio knows; later stands for those after
// which it shall just try again.
static long judged(long result, long later) {
	if (result >= 0)
		return result;
	return result == -EAGAIN || result == -EINTR ? later : -EPIPE;
}

static long judged_readi(void *pcm, void *frames, unsigned long count) {
	return judged(alsa_readi(pcm, frames, count), 0);
}

static long judged_writei(void *pcm, const void *frames, unsigned long count) {
	return judged(alsa_writei(pcm, frames, count), -EAGAIN);
}

// find_alsa takes the functions of the library that miniaudio has loaded, and
// keeps it loaded.
static int find_alsa(void) {
	void *library = dlopen("libasound.so.2", RTLD_NOW | RTLD_NOLOAD);
	if (library == NULL)
		return 0;
	*(void **)&alsa_readi = dlsym(library, "snd_pcm_readi");
	*(void **)&alsa_writei = dlsym(library, "snd_pcm_writei");
	return alsa_readi != NULL && alsa_writei != NULL;
}

// replace puts one pointer in the place of another in memory of malloc's, and
// returns how often.
static int replace(void *memory, void *old, void *new) {
	int found = 0;
	void **words = memory;
	for (size_t i = 0; i < malloc_usable_size(memory) / sizeof *words; i++) {
		if (words[i] == old) {
			words[i] = new;
			found++;
		}
	}
	return found;
}

static int replace_transfers(void *context) {
	return replace(context, (void *)alsa_readi, (void *)judged_readi) == 1
		&& replace(context, (void *)alsa_writei, (void *)judged_writei) == 1;
}
*/
import "C"

import (
	"sync"
	"unsafe"

	"github.com/gen2brain/malgo"
)

// alsaFound says whether ALSA's functions were found, in the library that the
// first context has loaded.
var alsaFound = sync.OnceValue(func() bool { return C.find_alsa() != 0 })

// judgeTransfers stands between miniaudio and ALSA where samples are read and
// written, and reports whether it could. No device of the context may be open.
//
// After an EPIPE miniaudio 0.11.23 prepares the device anew, or gives it up when
// that fails. After any other error of snd_pcm_readi it tries again, as fast as it
// can, until the device is stopped, and then takes the error for a number of audio
// frames: -ENODEV for 4294967277, which it converts as far as there is memory, and
// further. So every error becomes an EPIPE: a card that was pulled out fails to be
// prepared, and one that the system's sleep has stopped goes on.
//
// miniaudio keeps the addresses of ALSA's functions in its context, and malgo the
// context's in a field of its own, the first.
func judgeTransfers(context *malgo.AllocatedContext) bool {
	if !alsaFound() {
		return false
	}
	memory := **(**unsafe.Pointer)(unsafe.Pointer(&context.Context))
	return C.replace_transfers(memory) != 0
}

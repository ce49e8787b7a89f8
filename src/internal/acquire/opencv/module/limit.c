#define _GNU_SOURCE

#include "limit.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>

static _Atomic int64_t limit;

void limit_pixels(int64_t most) { atomic_store(&limit, most); }

typedef int open_decoder(void *context, const void *codec, void *options);
typedef int set_option(void *object, const char *name, int64_t value, int flags);

// avcodec_open2 is called by OpenCV, and by libavformat, in place of libavcodec's, as the
// functions of a module that is loaded go before those of its libraries: OpenCV passes its options to the
// demuxer only, so that max_pixels cannot be set from outside. The decoder then refuses
// an image by its header, before it takes memory for it.
int avcodec_open2(void *context, const void *codec, void *options)
{
	static _Atomic(open_decoder *) open;
	static _Atomic(set_option *) set;

	if (!atomic_load(&open))
		atomic_store(&open, (open_decoder *)dlsym(RTLD_NEXT, "avcodec_open2"));
	if (!atomic_load(&set))
		atomic_store(&set, (set_option *)dlsym(RTLD_DEFAULT, "av_opt_set_int"));
	if (!atomic_load(&open) || !atomic_load(&set))
		return -ENOSYS; // AVERROR(ENOSYS)
	if (context && atomic_load(&limit) > 0)
		(void)atomic_load(&set)(context, "max_pixels", atomic_load(&limit), 0);
	return atomic_load(&open)(context, codec, options);
}

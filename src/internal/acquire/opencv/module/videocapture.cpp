#include "videocapture.h"
#include "limit.h"

#include <dlfcn.h>
#include <memory>
#include <vector>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>

namespace {

// GLogFunc and g_log_set_default_handler, of glib/gmessages.h. OpenCV links GLib with
// GStreamer, or not, as its builder chose: so it is looked for.
using LogFunc = void (*)(const char *domain, int level, const char *message, void *data);
using SetDefaultHandler = LogFunc (*)(LogFunc handler, void *data);

void ignore(const char *, int, const char *, void *) {}

void set_up(int64_t most_pixels, int silence_opencv, int silence_glib)
{
	limit_pixels(most_pixels);
	if (silence_opencv)
		cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
	if (!silence_glib)
		return;
	if (void *set = dlsym(RTLD_DEFAULT, "g_log_set_default_handler"))
		reinterpret_cast<SetDefaultHandler>(set)(ignore, nullptr);
}

// of returns the video. No exception may reach the caller, which is C.
cv::VideoCapture &of(void *video) { return *static_cast<cv::VideoCapture *>(video); }

void *open(const char *name, int back_end, const int *parameters, size_t count) try {
	auto video = std::make_unique<cv::VideoCapture>();
	bool opened = count == 0 ? video->open(name, back_end)
	                         : video->open(name, back_end, std::vector<int>(parameters, parameters + count));
	return opened ? video.release() : nullptr;
} catch (...) {
	return nullptr;
}

void close(void *video) try { delete &of(video); } catch (...) {
}

int read(void *video, void *mat) try {
	return of(video).read(*static_cast<cv::Mat *>(mat));
} catch (...) {
	return 0;
}

double get(void *video, int property) try { return of(video).get(property); } catch (...) {
	return 0;
}

void set(void *video, int property, double value) try { of(video).set(property, value); } catch (...) {
}

} // namespace

extern "C" const videocapture_module av_capture_opencv = {
	sizeof(videocapture_module), set_up, open, close, read, get, set,
};

#include "log.h"

#include <dlfcn.h>
#include <opencv2/core/utils/logger.hpp>

void silence_opencv(void)
{
	cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
}

namespace {

// GLogFunc and g_log_set_default_handler, of glib/gmessages.h. OpenCV links GLib with
// GStreamer, or not, as its builder chose: so it is looked for.
using LogFunc = void (*)(const char *domain, int level, const char *message, void *data);
using SetDefaultHandler = LogFunc (*)(LogFunc handler, void *data);

void ignore(const char *, int, const char *, void *) {}

} // namespace

void silence_glib(void)
{
	if (void *set = dlsym(RTLD_DEFAULT, "g_log_set_default_handler"))
		reinterpret_cast<SetDefaultHandler>(set)(ignore, nullptr);
}

#include "log_console.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rcutils/error_handling.h>

static bool is_set(const char * variable, const char * value)
{
  const char * is = getenv(variable);
  return is != NULL && strcmp(is, value) == 0;
}

static int descriptor = STDERR_FILENO;
static bool always_coloured, never_coloured;  // neither: on a terminal

void log_console_init(void)
{
  descriptor = is_set("RCUTILS_LOGGING_USE_STDOUT", "1") ? STDOUT_FILENO : STDERR_FILENO;
  always_coloured = is_set("RCUTILS_COLORIZED_OUTPUT", "1");
  never_coloured = is_set("RCUTILS_COLORIZED_OUTPUT", "0");
}

// Returns the escape sequence that begins a line, as of rcutils, or NULL.
static const char * colour(int severity)
{
  if (never_coloured || (!always_coloured && !isatty(descriptor))) {
    return NULL;
  }
  switch (severity) {
    case RCUTILS_LOG_SEVERITY_DEBUG:
      return "\033[32m";
    case RCUTILS_LOG_SEVERITY_WARN:
      return "\033[33m";
    case RCUTILS_LOG_SEVERITY_ERROR:
    case RCUTILS_LOG_SEVERITY_FATAL:
      return "\033[31m";
  }
  return "\033[0m";
}

static bool write_all(const char * data, size_t size)
{
  while (size > 0) {
    ssize_t written = write(descriptor, data, size);
    if (written >= 0) {
      data += written;
      size -= (size_t)written;
    } else if (errno == EAGAIN) {
      struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool log_console_write(const log_line * line)
{
  char memory[1024] = "";
  rcutils_char_array_t output = {
    .buffer = memory,
    .owns_buffer = false,
    .buffer_capacity = sizeof(memory),
    .allocator = rcutils_get_default_allocator(),
  };
  const char * begin = colour(line->severity);
  if (begin != NULL && rcutils_char_array_strcat(&output, begin) != RCUTILS_RET_OK) {
    rcutils_reset_error();
  }
  log_line_format(line, &output);
  if (rcutils_char_array_strcat(&output, begin != NULL ? "\033[0m\n" : "\n") != RCUTILS_RET_OK) {
    rcutils_reset_error();
  }
  bool written = write_all(output.buffer, strlen(output.buffer));
  if (rcutils_char_array_fini(&output) != RCUTILS_RET_OK) {
    rcutils_reset_error();
  }
  return written;
}

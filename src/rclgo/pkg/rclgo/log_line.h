#ifndef RCLGO_LOG_LINE_H_
#define RCLGO_LOG_LINE_H_

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

#include <rcutils/logging.h>
#include <rcutils/time.h>

// A line of the log as its caller left it: nothing in it belongs to the caller.
// Several outputs share it. The last one that releases it frees it.
typedef struct log_line
{
  atomic_int owners;
  size_t size;  // [bytes] of memory that it takes
  int severity;
  rcutils_time_point_value_t time;
  rcutils_log_location_t location;
  bool has_location;
  const char * name;
  const char * text;
  char strings[];
} log_line;

// Returns a line with one owner, or NULL if there is no memory for it.
log_line * log_line_new(
  const rcutils_log_location_t * location, int severity, const char * name,
  rcutils_time_point_value_t time, const char * format, va_list * args);

void log_line_retain(log_line * line);
void log_line_release(log_line * line);

// Appends the line, as RCUTILS_CONSOLE_OUTPUT_FORMAT wants it, to output.
void log_line_format(const log_line * line, rcutils_char_array_t * output);

#endif

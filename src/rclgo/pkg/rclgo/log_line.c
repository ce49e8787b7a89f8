#include "log_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rcutils/error_handling.h>

static const char * copy(char ** to, const char * string, size_t length)
{
  char * start = *to;
  memcpy(start, string, length);
  start[length] = '\0';
  *to += length + 1;
  return start;
}

log_line * log_line_new(
  const rcutils_log_location_t * location, int severity, const char * name,
  rcutils_time_point_value_t time, const char * format, va_list * args)
{
  va_list again;
  va_copy(again, *args);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (length < 0) {
    return NULL;
  }
  const char * function = location != NULL && location->function_name != NULL ?
    location->function_name : "";
  const char * file = location != NULL && location->file_name != NULL ? location->file_name : "";
  size_t strings = strlen(name) + strlen(function) + strlen(file) + (size_t)length + 4;
  log_line * line = malloc(sizeof(*line) + strings);
  if (line == NULL) {
    return NULL;
  }
  atomic_init(&line->owners, 1);
  line->size = sizeof(*line) + strings;
  line->severity = severity;
  line->time = time;
  line->has_location = location != NULL;
  char * end = line->strings;
  line->name = copy(&end, name, strlen(name));
  line->location.function_name = copy(&end, function, strlen(function));
  line->location.file_name = copy(&end, file, strlen(file));
  line->location.line_number = location != NULL ? location->line_number : 0;
  line->text = end;
  va_copy(again, *args);
  vsnprintf(end, (size_t)length + 1, format, again);
  va_end(again);
  return line;
}

void log_line_retain(log_line * line)
{
  atomic_fetch_add(&line->owners, 1);
}

void log_line_release(log_line * line)
{
  if (atomic_fetch_sub(&line->owners, 1) == 1) {
    free(line);
  }
}

void log_line_format(const log_line * line, rcutils_char_array_t * output)
{
  if (!g_rcutils_logging_initialized ||
    rcutils_logging_format_message(
      line->has_location ? &line->location : NULL, line->severity, line->name, line->time,
      line->text, output) != RCUTILS_RET_OK)
  {
    // A variable of the environment that rcutils refuses: better bare than lost.
    rcutils_reset_error();
    if (rcutils_char_array_strcat(output, line->text) != RCUTILS_RET_OK) {
      rcutils_reset_error();
    }
  }
}

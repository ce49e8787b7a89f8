#ifndef RCLGO_LOG_CONSOLE_H_
#define RCLGO_LOG_CONSOLE_H_

#include <stdbool.h>

#include "log_line.h"

// Reads rcutils' variables of the environment: once, as others may change them
// later.
void log_console_init(void);

// Writes a line where rcutils' own handler writes it: to standard error, or to
// standard output with RCUTILS_LOGGING_USE_STDOUT=1. It waits for the reader, also
// where the descriptor does not. Returns false if the line is lost.
bool log_console_write(const log_line * line);

#endif

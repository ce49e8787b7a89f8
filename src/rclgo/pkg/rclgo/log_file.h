#ifndef RCLGO_LOG_FILE_H_
#define RCLGO_LOG_FILE_H_

#include <stdbool.h>

#include "log_line.h"

// The log file is written by the library that rcl was built with, through
// rcl_logging_interface: usually rcl_logging_spdlog. rcl's own calls of it would
// wait for the disk on the thread that starts ROS, let its C++ exceptions end the
// process, and return its codes as rcl's.
//
// Opening, writing and closing are for the queue's thread alone.

// Sets the name and configuration of the next file, --log-file-name and
// --log-config-file, NULL if not given. Any thread may call it.
void log_file_configure(const char * name, const char * config);

// Opens the file. Returns NULL, or the text of an error, to be freed.
char * log_file_open(void);

bool log_file_write(const log_line * line);
void log_file_sync(void);
void log_file_close(void);

#endif

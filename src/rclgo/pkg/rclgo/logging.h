#ifndef RCLGO_LOGGING_H_
#define RCLGO_LOGGING_H_

#include <stdint.h>

#include <rcl/logging.h>
#include <rcutils/logging.h>

// Every line that is logged through rcutils, ours and those of rcl and the
// middleware, on any thread, is put into a queue for each output: console, /rosout
// and log file. A caller never waits for an output, nor an output for another.

// Before anything is logged. It is called once, and lets lines go to the console.
void rclgo_logging_init(void);

// rcutils' table of logger levels is not thread-safe: this lock guards it. It must
// be a C mutex: a caller locks and unlocks within one call from Go, since a
// goroutine may change its thread between two.
void rclgo_levels_lock(void);
void rclgo_levels_unlock(void);

// rcl's table of /rosout publishers is not thread-safe either. Its lock is held
// while a line is published, which may take long: never by a caller that logs.
void rclgo_rosout_lock(void);
void rclgo_rosout_unlock(void);

// Configures logging by args, which leave rcl's own log file disabled. It waits
// for the log file to be opened, at most timeout [ns].
rcl_ret_t rclgo_logging_configure(
  const rcl_arguments_t * args, bool console, bool file, const char * file_name,
  const char * config_file, int64_t timeout);

// Ends /rosout and the log file. Later lines go to the console only.
rcl_ret_t rclgo_logging_fini(void);

// Each waits at most timeout [ns], in all, and returns whether that was enough.

// Until all that was logged before is written.
bool rclgo_logging_flush(int64_t timeout);

// Until all that was logged before is on /rosout.
bool rclgo_logging_flush_rosout(int64_t timeout);

// Until the threads of the outputs have ended after rclgo_logging_fini. That of
// the console comes back with the next line.
bool rclgo_logging_stop(int64_t timeout);

#endif

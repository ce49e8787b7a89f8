#ifndef RCLGO_LOGGING_H_
#define RCLGO_LOGGING_H_

#include <rcl/logging.h>
#include <rcutils/logging.h>

// rcutils' tables of logger levels and rcl's table of /rosout publishers are
// not thread-safe. One recursive mutex guards both: recursive, because rcl logs
// while it holds it. It must be a C mutex, because the output handler is called
// by any thread of the middleware too. A caller locks and unlocks within one
// call from Go, since a goroutine may change its thread between two.
void rclgo_logging_lock(void);
void rclgo_logging_unlock(void);

// The handler of every message that is logged through rcutils.
void rclgo_logging_output_handler(
  const rcutils_log_location_t * location, int severity, const char * name,
  rcutils_time_point_value_t timestamp, const char * format, va_list * args);

#endif

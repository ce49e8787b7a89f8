#include "logging.h"

#include <pthread.h>

static pthread_mutex_t mutex;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_mutex(void)
{
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

void rclgo_logging_lock(void)
{
  pthread_once(&once, make_mutex);
  pthread_mutex_lock(&mutex);
}

void rclgo_logging_unlock(void)
{
  pthread_mutex_unlock(&mutex);
}

void rclgo_logging_output_handler(
  const rcutils_log_location_t * location, int severity, const char * name,
  rcutils_time_point_value_t timestamp, const char * format, va_list * args)
{
  rclgo_logging_lock();
  rcl_logging_multiple_output_handler(location, severity, name, timestamp, format, args);
  rclgo_logging_unlock();
}

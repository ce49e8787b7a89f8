#define _GNU_SOURCE
#include "logging.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include <rcl/arguments.h>
#include <rcl/log_level.h>
#include <rcl/logging_rosout.h>
#include <rcutils/error_handling.h>

#include "log_console.h"
#include "log_file.h"
#include "log_queue.h"

static pthread_mutex_t levels, rosout;

// The outputs that take lines, and the least severity of lines for the file.
static atomic_bool console_enabled, rosout_enabled, file_enabled;
static atomic_int file_level;

void rclgo_levels_lock(void)
{
  pthread_mutex_lock(&levels);
}

void rclgo_levels_unlock(void)
{
  pthread_mutex_unlock(&levels);
}

void rclgo_rosout_lock(void)
{
  pthread_mutex_lock(&rosout);
}

void rclgo_rosout_unlock(void)
{
  pthread_mutex_unlock(&rosout);
}

static void publish(const log_line * line, const char * format, ...)
{
  va_list args;
  va_start(args, format);
  rcl_logging_rosout_output_handler(
    &line->location, line->severity, line->name, line->time, format, &args);
  va_end(args);
}

static bool write_rosout(const log_line * line)
{
  rclgo_rosout_lock();
  publish(line, "%s", line->text);
  rclgo_rosout_unlock();
  return true;
}

static void open_file(void);

static log_queue console_queue = {
  .thread = "log_console", .output = "the console", .write = log_console_write};
static log_queue rosout_queue = {
  .thread = "log_rosout", .output = "/rosout", .write = write_rosout};
static log_queue file_queue = {
  .thread = "log_file", .output = "the log file", .open = open_file, .write = log_file_write,
  .sync = log_file_sync, .close = log_file_close};

static void handle(
  const rcutils_log_location_t * location, int severity, const char * name,
  rcutils_time_point_value_t timestamp, const char * format, va_list * args)
{
  switch (severity) {
    case RCUTILS_LOG_SEVERITY_DEBUG:
    case RCUTILS_LOG_SEVERITY_INFO:
    case RCUTILS_LOG_SEVERITY_WARN:
    case RCUTILS_LOG_SEVERITY_ERROR:
    case RCUTILS_LOG_SEVERITY_FATAL:
      break;
    default:
      return;  // rcutils has no name for it
  }
  log_line * line = log_line_new(location, severity, name, timestamp, format, args);
  if (line == NULL) {
    return;
  }
  if (atomic_load(&console_enabled)) {
    log_queue_put(&console_queue, line);
  }
  if (atomic_load(&rosout_enabled)) {
    log_queue_put(&rosout_queue, line);
  }
  if (atomic_load(&file_enabled) && severity >= atomic_load(&file_level)) {
    log_queue_put(&file_queue, line);
  }
  log_line_release(line);
}

static void warn(const char * format, ...)
{
  static const rcutils_log_location_t location = {"open_file", __FILE__, __LINE__};
  rcutils_time_point_value_t now = 0;
  if (rcutils_system_time_now(&now) != RCUTILS_RET_OK) {
    rcutils_reset_error();
  }
  va_list args;
  va_start(args, format);
  handle(&location, RCUTILS_LOG_SEVERITY_WARN, "rclgo", now, format, &args);
  va_end(args);
}

// Opens the log file. Without one the log goes on: the program is worth more.
static void open_file(void)
{
  char * why = log_file_open();
  if (why == NULL) {
    return;
  }
  atomic_store(&file_enabled, false);
  warn(
    "there is no log file: %s; ROS_LOG_DIR names another folder, and --disable-external-lib-logs "
    "ends this warning", why);
  free(why);
}

void rclgo_logging_init(void)
{
  // A real-time thread that logs lends its priority to the one that holds a lock.
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutex_init(&levels, &attributes);
  pthread_mutex_init(&rosout, &attributes);
  pthread_mutexattr_destroy(&attributes);
  log_queue_init(&console_queue);
  log_queue_init(&rosout_queue);
  log_queue_init(&file_queue);
  log_console_init();
  atomic_store(&console_enabled, true);
  RCUTILS_LOGGING_AUTOINIT;
  rcutils_logging_set_output_handler(handle);
}

static struct timespec deadline(int64_t timeout)
{
  const int64_t second = 1000000000;
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  timeout += at.tv_nsec;
  at.tv_sec += timeout / second;
  at.tv_nsec = timeout % second;
  return at;
}

// Returns the level that args give all loggers, -1 if none. rcl gives it to the
// log file too.
static int default_level(const rcl_arguments_t * args)
{
  rcl_log_levels_t given = rcl_get_zero_initialized_log_levels();
  if (rcl_arguments_get_log_levels(args, &given) != RCL_RET_OK) {
    rcutils_reset_error();
    return -1;
  }
  int level = given.default_logger_level != RCUTILS_LOG_SEVERITY_UNSET ?
    (int)given.default_logger_level : -1;
  if (rcl_log_levels_fini(&given) != RCL_RET_OK) {
    rcutils_reset_error();
  }
  return level;
}

rcl_ret_t rclgo_logging_configure(
  const rcl_arguments_t * args, bool console, bool file, const char * file_name,
  const char * config_file, int64_t timeout)
{
  rcutils_allocator_t allocator = rcutils_get_default_allocator();
  rclgo_rosout_lock();
  rclgo_levels_lock();
  rcl_ret_t ret = rcl_logging_configure_with_output_handler(args, &allocator, handle);
  rclgo_levels_unlock();
  atomic_store(&rosout_enabled, ret == RCL_RET_OK && rcl_logging_rosout_enabled());
  rclgo_rosout_unlock();
  if (ret != RCL_RET_OK) {
    return ret;
  }
  atomic_store(&console_enabled, console);
  atomic_store(&file_level, default_level(args));
  if (file) {
    log_file_configure(file_name, config_file);
    atomic_store(&file_enabled, true);
    struct timespec at = deadline(timeout);
    log_queue_start(&file_queue, &at);
  } else {
    atomic_store(&file_enabled, false);
    log_queue_stop(&file_queue);
  }
  return RCL_RET_OK;
}

rcl_ret_t rclgo_logging_fini(void)
{
  atomic_store(&rosout_enabled, false);
  atomic_store(&file_enabled, false);
  atomic_store(&console_enabled, true);
  rclgo_rosout_lock();
  rclgo_levels_lock();
  rcl_ret_t ret = rcl_logging_fini();
  rcutils_logging_set_output_handler(handle);
  rclgo_levels_unlock();
  rclgo_rosout_unlock();
  log_queue_stop(&rosout_queue);
  log_queue_stop(&file_queue);
  return ret;
}

bool rclgo_logging_flush(int64_t timeout)
{
  struct timespec at = deadline(timeout);
  log_queue * queues[] = {&console_queue, &rosout_queue, &file_queue};
  uint64_t asked[3];
  for (int i = 0; i < 3; i++) {
    asked[i] = log_queue_ask(queues[i]);
  }
  bool flushed = true;
  for (int i = 0; i < 3; i++) {
    flushed = log_queue_flush(queues[i], asked[i], &at) && flushed;
  }
  return flushed;
}

bool rclgo_logging_flush_rosout(int64_t timeout)
{
  struct timespec at = deadline(timeout);
  return log_queue_flush(&rosout_queue, log_queue_ask(&rosout_queue), &at);
}

bool rclgo_logging_stop(int64_t timeout)
{
  struct timespec at = deadline(timeout);
  log_queue_stop(&console_queue);
  bool file = log_queue_wait(&file_queue, &at);
  bool published = log_queue_wait(&rosout_queue, &at);
  bool console = log_queue_wait(&console_queue, &at);
  return file && published && console;
}

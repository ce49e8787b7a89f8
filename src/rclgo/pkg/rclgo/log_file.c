#define _GNU_SOURCE
#include "log_file.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rcl_logging_interface/rcl_logging_interface.h>
#include <rcutils/error_handling.h>

#include "log_exception.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;  // guards the names
static char * file_name;
static char * config_file;

// The library's functions; write is NULL while there is no file. They are looked
// up, since the choice of the library is rcl's.
static struct
{
  __typeof__(rcl_logging_external_initialize) * initialize;
  __typeof__(rcl_logging_external_set_logger_level) * set_level;
  __typeof__(rcl_logging_external_log) * write;
  __typeof__(rcl_logging_external_shutdown) * shutdown;
} library;

static char * copy(const char * string)
{
  return string != NULL ? strdup(string) : NULL;
}

void log_file_configure(const char * name, const char * config)
{
  pthread_mutex_lock(&mutex);
  free(file_name);
  free(config_file);
  file_name = copy(name);
  config_file = copy(config);
  pthread_mutex_unlock(&mutex);
}

struct opening
{
  char * name;
  char * config;
  rcl_logging_ret_t result;
};

static void initialize(void * argument)
{
  struct opening * opening = argument;
  opening->result = library.initialize(
    opening->name, opening->config, rcutils_get_default_allocator());
  if (opening->result == RCL_LOGGING_RET_OK) {
    // Lines are filtered before they get here.
    opening->result = library.set_level(NULL, RCUTILS_LOG_SEVERITY_DEBUG);
  }
}

// Returns the meaning of a code of rcl_logging_interface.
static const char * meaning(rcl_logging_ret_t code)
{
  switch (code) {
    case RCL_LOGGING_RET_INVALID_ARGUMENT:
      return "invalid argument";
    case RCL_LOGGING_RET_CONFIG_FILE_DOESNT_EXIST:
      return "the --log-config-file does not exist";
    case RCL_LOGGING_RET_CONFIG_FILE_INVALID:
      return "the --log-config-file is invalid";
    default:
      return "failed";
  }
}

static bool is_empty(const char * variable)
{
  const char * is = getenv(variable);
  return is == NULL || is[0] == '\0';
}

char * log_file_open(void)
{
  if (is_empty("ROS_LOG_DIR") && is_empty("ROS_HOME") && is_empty("HOME")) {
    return strdup("none of ROS_LOG_DIR, ROS_HOME and HOME is set");
  }
  library.initialize = dlsym(RTLD_DEFAULT, "rcl_logging_external_initialize");
  library.set_level = dlsym(RTLD_DEFAULT, "rcl_logging_external_set_logger_level");
  library.shutdown = dlsym(RTLD_DEFAULT, "rcl_logging_external_shutdown");
  if (library.initialize == NULL || library.set_level == NULL || library.shutdown == NULL) {
    return strdup("this rcl has no library that writes one");
  }
  pthread_mutex_lock(&mutex);
  struct opening opening = {copy(file_name), copy(config_file), RCL_LOGGING_RET_OK};
  pthread_mutex_unlock(&mutex);
  char exception[512];
  char * why = NULL;
  if (log_exception_caught(initialize, &opening, exception, sizeof(exception))) {
    why = strdup(exception);
  } else if (opening.result != RCL_LOGGING_RET_OK) {
    const rcutils_error_state_t * state = rcutils_get_error_state();
    if (asprintf(
        &why, "%s%s%s", meaning(opening.result), state != NULL ? ": " : "",
        state != NULL ? state->message : "") < 0)
    {
      why = strdup(meaning(opening.result));
    }
  } else {
    library.write = dlsym(RTLD_DEFAULT, "rcl_logging_external_log");
  }
  rcutils_reset_error();
  free(opening.name);
  free(opening.config);
  return why;
}

bool log_file_write(const log_line * line)
{
  if (library.write == NULL) {
    return true;  // which was said when it could not be opened
  }
  char memory[1024] = "";
  rcutils_char_array_t output = {
    .buffer = memory,
    .owns_buffer = false,
    .buffer_capacity = sizeof(memory),
    .allocator = rcutils_get_default_allocator(),
  };
  log_line_format(line, &output);
  library.write(line->severity, line->name, output.buffer);
  if (rcutils_char_array_fini(&output) != RCUTILS_RET_OK) {
    rcutils_reset_error();
  }
  return true;
}

void log_file_sync(void)
{
  if (library.write != NULL) {
    // The interface has no function for it. The file is a stream of C's.
    fflush(NULL);
  }
}

void log_file_close(void)
{
  if (library.write != NULL && library.shutdown() != RCL_LOGGING_RET_OK) {
    rcutils_reset_error();
  }
  library.write = NULL;
}

#ifndef RCLGO_LOG_EXCEPTION_H_
#define RCLGO_LOG_EXCEPTION_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#else
#include <stdbool.h>
#endif

// Calls function with argument. Returns whether a C++ exception came out of it,
// and its text.
bool log_exception_caught(
  void (* function)(void *), void * argument, char * text, size_t size);

#ifdef __cplusplus
}
#endif

#endif

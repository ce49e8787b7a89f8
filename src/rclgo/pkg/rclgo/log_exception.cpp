#include "log_exception.h"

#include <cstdio>
#include <exception>

bool log_exception_caught(
  void (* function)(void *), void * argument, char * text, size_t size)
{
  try {
    function(argument);
    return false;
  } catch (const std::exception & e) {
    std::snprintf(text, size, "%s", e.what());
  } catch (...) {
    std::snprintf(text, size, "unknown exception");
  }
  return true;
}

#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "middleware.h"

static int loaded;

void rclext_libraries_loaded(void) { loaded = 1; }

// Runs when the process ends by exit(3).
static void ended(int status, void * unused)
{
  (void)unused;
  const char * variable = "RMW_IMPLEMENTATION";
  const char * name = getenv(variable);
  if (name == NULL || *name == '\0') {
    variable = "RCL_ASSERT_RMW_ID_MATCHES";
    name = getenv(variable);
  }
  if (loaded || status == 0 || name == NULL) {
    return;
  }
  dprintf(STDERR_FILENO, "%s: %s is \"%s\", which this ROS cannot load: unset it, or set it to a middleware that is installed\n",
    program_invocation_short_name, variable, name);
  _exit(1);
}

static void watch(int argc, char ** argv, char ** environment)
{
  (void)argc;
  (void)argv;
  (void)environment;
  on_exit(ended, NULL); // without memory for it, rcl's own status and text remain
}

// Before the constructors of all libraries, rcl's among them.
__attribute__((section(".preinit_array"), used)) static void (*const watch_first)(int, char **, char **) = watch;

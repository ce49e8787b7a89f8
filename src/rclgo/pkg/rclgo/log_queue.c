#define _GNU_SOURCE
#include "log_queue.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

void log_queue_init(log_queue * queue)
{
  // A real-time thread that logs lends its priority to the one that holds the
  // lock.
  pthread_mutexattr_t mutex;
  pthread_mutexattr_init(&mutex);
  pthread_mutexattr_setprotocol(&mutex, PTHREAD_PRIO_INHERIT);
  pthread_mutex_init(&queue->mutex, &mutex);
  pthread_mutexattr_destroy(&mutex);
  pthread_condattr_t condition;
  pthread_condattr_init(&condition);
  pthread_condattr_setclock(&condition, CLOCK_MONOTONIC);
  pthread_cond_init(&queue->changed, &condition);
  pthread_condattr_destroy(&condition);
}

static log_line * new_line(const char * name, const char * format, ...)
{
  rcutils_time_point_value_t now = 0;
  if (rcutils_system_time_now(&now) != RCUTILS_RET_OK) {
    rcutils_reset_error();
  }
  const rcutils_log_location_t location = {__func__, __FILE__, __LINE__};
  va_list args;
  va_start(args, format);
  log_line * line = log_line_new(&location, RCUTILS_LOG_SEVERITY_WARN, name, now, format, &args);
  va_end(args);
  return line;
}

// Writes that lines are missing. Returns whether it could.
static bool tell_missing(log_queue * queue, uint64_t missing, const char * name)
{
  log_line * line = new_line(
    name, "%" PRIu64 " log lines are missing here: %s did not take them in time", missing,
    queue->output);
  if (line == NULL) {
    return false;
  }
  bool written = queue->write(line);
  log_line_release(line);
  return written;
}

// Writes the number of lines missing before the oldest, then that line; lost is the
// number lost in writing before. The mutex is held, but not while it writes.
static uint64_t write_oldest(log_queue * queue, uint64_t lost)
{
  log_line * line = queue->ring[queue->first].line;
  lost += queue->ring[queue->first].missing;
  queue->first = (queue->first + 1) % LOG_QUEUE_LINES;
  queue->count--;
  queue->bytes -= line->size;
  pthread_mutex_unlock(&queue->mutex);
  if (lost > 0 && tell_missing(queue, lost, line->name)) {
    lost = 0;
  }
  if (lost > 0 || !queue->write(line)) {
    lost++;
  }
  log_line_release(line);
  pthread_mutex_lock(&queue->mutex);
  queue->written++;
  pthread_cond_broadcast(&queue->changed);
  return lost;
}

// Writes the number of lines missing after the newest. The mutex is held, but not
// while it writes.
static void write_missing(log_queue * queue)
{
  uint64_t missing = queue->missing;
  char name[sizeof(queue->missing_name)];
  memcpy(name, queue->missing_name, sizeof(name));
  queue->missing = 0;
  pthread_mutex_unlock(&queue->mutex);
  bool told = tell_missing(queue, missing, name);
  pthread_mutex_lock(&queue->mutex);
  if (!told) {
    queue->missing += missing;
  }
}

static void sync_output(log_queue * queue)
{
  uint64_t written = queue->written;
  pthread_mutex_unlock(&queue->mutex);
  if (queue->sync != NULL) {
    queue->sync();
  }
  pthread_mutex_lock(&queue->mutex);
  queue->synced = written;
  pthread_cond_broadcast(&queue->changed);
}

// Writes lines until it shall stop. The mutex is held, but not while it writes.
static void write_lines(log_queue * queue)
{
  uint64_t lost = 0;
  bool told = false;  // that lines are missing after the newest, or in vain
  for (;;) {
    if (queue->wanted > queue->synced && queue->written >= queue->wanted) {
      sync_output(queue);
    } else if (queue->count > 0) {
      lost = write_oldest(queue, lost);
      told = false;
    } else if (queue->missing > 0 && !told) {
      write_missing(queue);
      told = true;
    } else if (queue->stopping) {
      return;
    } else {
      pthread_cond_wait(&queue->changed, &queue->mutex);
    }
  }
}

static void * run(void * argument)
{
  log_queue * queue = argument;
  pthread_mutex_lock(&queue->mutex);
  do {
    pthread_mutex_unlock(&queue->mutex);
    if (queue->open != NULL) {
      queue->open();
    }
    // After open: threads that a library starts there do not inherit the name.
    pthread_setname_np(pthread_self(), queue->thread);
    pthread_mutex_lock(&queue->mutex);
    queue->opened = true;
    pthread_cond_broadcast(&queue->changed);
    write_lines(queue);
    queue->opened = false;
    pthread_mutex_unlock(&queue->mutex);
    if (queue->close != NULL) {
      queue->close();
    }
    pthread_mutex_lock(&queue->mutex);
    queue->synced = queue->written;
  } while (!queue->stopping || queue->count > 0);  // wanted again meanwhile
  queue->running = false;
  pthread_cond_broadcast(&queue->changed);
  pthread_mutex_unlock(&queue->mutex);
  return NULL;
}

// Starts the thread. The mutex is held. A failure leaves running false, and is
// tried again with the next line.
static void start(log_queue * queue)
{
  queue->stopping = false;
  if (queue->running) {
    return;
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Not the caller's priority, which may be a real-time one.
  struct sched_param none = {0};
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
  pthread_attr_setschedparam(&attributes, &none);
  // Signals are for Go's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  queue->running = pthread_create(&thread, &attributes, run, queue) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
}

void log_queue_start(log_queue * queue, const struct timespec * deadline)
{
  pthread_mutex_lock(&queue->mutex);
  start(queue);
  bool late = false;
  while (queue->running && !queue->opened && !late) {
    late = pthread_cond_timedwait(&queue->changed, &queue->mutex, deadline) != 0;
  }
  pthread_mutex_unlock(&queue->mutex);
}

void log_queue_put(log_queue * queue, log_line * line)
{
  pthread_mutex_lock(&queue->mutex);
  start(queue);
  // One line alone may be longer than the bound.
  bool room = queue->count == 0 ||
    (queue->count < LOG_QUEUE_LINES && queue->bytes + line->size <= LOG_QUEUE_BYTES);
  if (room && queue->running) {
    log_line_retain(line);
    size_t last = (queue->first + queue->count) % LOG_QUEUE_LINES;
    queue->ring[last].line = line;
    queue->ring[last].missing = queue->missing;
    queue->missing = 0;
    queue->count++;
    queue->bytes += line->size;
    queue->put++;
    pthread_cond_broadcast(&queue->changed);
  } else {
    queue->missing++;
    snprintf(queue->missing_name, sizeof(queue->missing_name), "%s", line->name);
  }
  pthread_mutex_unlock(&queue->mutex);
}

uint64_t log_queue_ask(log_queue * queue)
{
  pthread_mutex_lock(&queue->mutex);
  uint64_t put = queue->put;
  queue->wanted = put;
  pthread_cond_broadcast(&queue->changed);
  pthread_mutex_unlock(&queue->mutex);
  return put;
}

bool log_queue_flush(log_queue * queue, uint64_t asked, const struct timespec * deadline)
{
  pthread_mutex_lock(&queue->mutex);
  bool late = false;
  while (queue->synced < asked && queue->running && !late) {
    late = pthread_cond_timedwait(&queue->changed, &queue->mutex, deadline) != 0;
  }
  bool flushed = queue->synced >= asked;
  pthread_mutex_unlock(&queue->mutex);
  return flushed;
}

void log_queue_stop(log_queue * queue)
{
  pthread_mutex_lock(&queue->mutex);
  queue->stopping = true;
  pthread_cond_broadcast(&queue->changed);
  pthread_mutex_unlock(&queue->mutex);
}

bool log_queue_wait(log_queue * queue, const struct timespec * deadline)
{
  pthread_mutex_lock(&queue->mutex);
  bool late = false;
  while (queue->running && !late) {
    late = pthread_cond_timedwait(&queue->changed, &queue->mutex, deadline) != 0;
  }
  bool ended = !queue->running;
  pthread_mutex_unlock(&queue->mutex);
  return ended;
}

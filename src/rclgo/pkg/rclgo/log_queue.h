#ifndef RCLGO_LOG_QUEUE_H_
#define RCLGO_LOG_QUEUE_H_

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "log_line.h"

// Bounds of a queue. /rosout keeps the same number of lines for subscribers that
// come late.
#define LOG_QUEUE_LINES 1000
#define LOG_QUEUE_BYTES (1 << 20)

// A queue of lines on their way to one output, and the thread that writes them.
// Putting a line in never waits for the output: lines that find the queue full are
// counted, and one in their place gives their number.
//
// The thread is there from the first line, or log_queue_start, until
// log_queue_stop. It may hang in the output; then it goes on when that does.
typedef struct log_queue
{
  const char * thread;  // its name, at most 15 bytes
  const char * output;  // its name in the line about missing ones

  // These are called by the thread, without a lock. All but write are optional.
  void (* open)(void);
  bool (* write)(const log_line *);  // false if the line is lost
  void (* sync)(void);               // passes on all that write has kept
  void (* close)(void);

  pthread_mutex_t mutex;  // guards all below; made by log_queue_init
  pthread_cond_t changed;
  struct
  {
    log_line * line;
    uint64_t missing;  // before it
  } ring[LOG_QUEUE_LINES];
  size_t first, count, bytes;
  uint64_t missing;        // since the newest line
  char missing_name[256];  // logger of the newest of them
  uint64_t put, written, synced, wanted;  // [lines]; wanted: up to here sync is asked for
  bool running, stopping, opened;
} log_queue;

void log_queue_init(log_queue * queue);

// Starts the thread, which opens the output, and waits for that until deadline.
void log_queue_start(log_queue * queue, const struct timespec * deadline);

// Puts the line in, if there is room, as one more owner of it. Any thread may
// call it; it waits for nothing.
void log_queue_put(log_queue * queue, log_line * line);

// Asks that all lines that are in be written and passed on. Returns a number for
// log_queue_flush.
uint64_t log_queue_ask(log_queue * queue);

// Waits, at the latest until deadline on CLOCK_MONOTONIC, until the lines are
// passed on for which log_queue_ask has returned asked. Returns whether they are.
bool log_queue_flush(log_queue * queue, uint64_t asked, const struct timespec * deadline);

// Has the thread close the output and end when all lines are written.
void log_queue_stop(log_queue * queue);

// Waits for that, at the latest until deadline. Returns whether it has ended.
bool log_queue_wait(log_queue * queue, const struct timespec * deadline);

#endif

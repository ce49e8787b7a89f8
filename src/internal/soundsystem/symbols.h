#include <stdint.h>

// is_replaced reports whether a function that miniaudio looked up is replaced by one of ours.
int is_replaced(const char *name);

// read_at returns when the microphone's thread, which calls this, got its last sound from ALSA
// (CLOCK_MONOTONIC [ns]), and how much more the microphone had acquired then [audio frames]. It
// returns 0 with other sound systems.
int64_t read_at(unsigned long *waiting);

// begin_connection begins to record the objects of a connection to PulseAudio.
// end_connection ends that, and frees the objects that a failed connection has left; the
// library must still be loaded if there are any. Both are called by the same thread.
void begin_connection(void);
void end_connection(int failed);

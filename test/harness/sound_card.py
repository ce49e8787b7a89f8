"""
A program that plays a file of samples into a pipe source, once, as punctually as a sound card.

Its process has a real-time priority, so that load does not delay it. Its arguments are the
FIFO, the file, the rate [Hz] and the bytes of an audio frame.
"""

import os
import sys
import time

PERIOD = 0.01  # [s]


def set_realtime(pid):
    """
    Give all threads of a process a real-time priority, if the system allows it.

    A sound card needs no processor, and a sound server usually has such a priority.
    """
    for task in os.listdir(f'/proc/{pid}/task'):
        try:
            os.sched_setscheduler(int(task), os.SCHED_RR, os.sched_param(10))
        except PermissionError:
            return


def main(path, content, rate, frame_size):
    """Play."""
    set_realtime(os.getpid())
    with open(content, 'rb') as file:
        content = file.read()
    due = time.monotonic()
    size = round(rate * PERIOD) * frame_size
    with open(path, 'wb', buffering=0) as fifo:
        for start in range(0, len(content), size):
            due += size / frame_size / rate
            time.sleep(max(0, due - time.monotonic()))
            fifo.write(content[start:start + size])


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

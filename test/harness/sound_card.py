"""
What plays into a pipe source as a sound card does: in time, whatever else the machine does.

As a program it plays a file of samples, once, in a process that no load holds up. Its
arguments are the FIFO, the file, the rate [Hz] and the bytes of an audio frame.
"""

import os
import sys
import time

PERIOD = 0.01  # [s]


def prefer(pid):
    """
    Let no load hold up the threads of a process, where the system allows it.

    A sound card does not wait for a processor, nor does a sound server mostly.
    """
    for task in os.listdir(f'/proc/{pid}/task'):
        try:
            os.sched_setscheduler(int(task), os.SCHED_RR, os.sched_param(10))
        except PermissionError:
            return


def main(path, content, rate, frame_size):
    """Play."""
    prefer(os.getpid())
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

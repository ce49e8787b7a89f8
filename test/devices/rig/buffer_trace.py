"""What the kernel notes about every image that a program takes from a driver."""

import collections
import os
import re

TRACING = '/sys/kernel/tracing'
LINE = re.compile(r' (\d+\.\d+): v4l2_dqbuf: minor = (\d+),.*?timestamp = (\d+),.*?sequence = (\d+)')

# dequeued: when the program got the image, and stamp: when it was acquired, by
# the driver, both [ns on CLOCK_MONOTONIC]; sequence: its number since the
# stream began, with those counted that nobody got.
Buffer = collections.namedtuple('Buffer', 'dequeued stamp sequence')


class BufferTrace:
    """
    The V4L2 buffers that programs take from one camera, from now to close.

    The kernel's trace event v4l2_dqbuf carries the driver's own stamp: it is what
    the camera said, whoever asked.
    """

    def __init__(self, minor):
        """Begin with the camera of this minor device number."""
        self._minor = minor
        self._folder = os.path.join(TRACING, 'instances', f'av_capture-{os.getpid()}')
        os.mkdir(self._folder)
        self._write('trace_clock', 'mono')
        self._write('events/v4l2/v4l2_dqbuf/enable', '1')

    def buffers(self):
        """Return the buffers so far, in the order in which they were taken."""
        with open(os.path.join(self._folder, 'trace')) as file:
            found = [LINE.search(line) for line in file if not line.startswith('#')]
        return [Buffer(round(float(line[1]) * 1e9), int(line[3]), int(line[4]))
                for line in found if line and int(line[2]) == self._minor]

    def close(self):
        """End it."""
        os.rmdir(self._folder)

    def _write(self, file, text):
        with open(os.path.join(self._folder, file), 'w') as control:
            control.write(text)

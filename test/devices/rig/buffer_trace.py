"""The kernel's trace events of images that programs take from a driver."""

import collections
import os
import re
import select
import tempfile

TRACING = '/sys/kernel/tracing'
DEQUEUED, QUEUED = 'v4l2_dqbuf', 'v4l2_qbuf'
OUTPUT = 2  # V4L2_BUF_TYPE_VIDEO_OUTPUT
LINE = re.compile(
    r' (\d+\.\d+): (v4l2_d?qbuf): minor = \d+,.*?timestamp = (\d+),.*?sequence = (\d+)')

# dequeued: time at which the program got the image; stamp: the driver's time of its
# acquisition, both [ns on CLOCK_MONOTONIC]; sequence: its number since the stream began,
# where lost images count.
Buffer = collections.namedtuple('Buffer', 'dequeued stamp sequence')


class _Instance:
    """A trace instance of the kernel, for some events of one camera."""

    def __init__(self, minor, *events):
        self.folder = tempfile.mkdtemp(prefix='av_capture-', dir=os.path.join(TRACING, 'instances'))
        self._write('trace_clock', 'mono')
        for event in events:
            # A program that writes into a loopback camera is none that takes images.
            self._write(f'events/v4l2/{event}/filter', f'minor == {minor} && type != {OUTPUT}')
            self._write(f'events/v4l2/{event}/enable', '1')

    def close(self):
        """End it."""
        os.rmdir(self.folder)

    def _write(self, file, text):
        with open(os.path.join(self.folder, file), 'w') as control:
            control.write(text)


class BufferTrace:
    """
    The V4L2 buffers that programs take from one camera, from now to close.

    The kernel's trace event v4l2_dqbuf has the driver's stamp, for every program.
    """

    def __init__(self, minor):
        """Begin with the camera of this minor device number."""
        self._instance = _Instance(minor, DEQUEUED)

    def buffers(self):
        """Return the buffers so far, in the order in which they were taken."""
        with open(os.path.join(self._instance.folder, 'trace')) as file:
            found = [LINE.search(line) for line in file if not line.startswith('#')]
        return [Buffer(round(float(line[1]) * 1e9), int(line[3]), int(line[4]))
                for line in found if line]

    def close(self):
        """End it."""
        self._instance.close()


class BufferFeed:
    """Queueing and dequeueing of the buffers of one camera, as it happens."""

    def __init__(self, minor):
        """Begin with the camera of this minor device number."""
        self._instance = _Instance(minor, DEQUEUED, QUEUED)
        self._pipe = os.open(os.path.join(self._instance.folder, 'trace_pipe'),
                             os.O_RDONLY | os.O_NONBLOCK)
        self._rest = ''

    def wait(self, timeout):
        """
        Return the next events as pairs (DEQUEUED or QUEUED, sequence), in their order.

        The list is empty if no event comes within timeout [s]. The sequence of QUEUED is
        undefined.
        """
        if not select.select([self._pipe], [], [], timeout)[0]:
            return []
        try:
            self._rest += os.read(self._pipe, 1 << 16).decode()
        except BlockingIOError:
            return []
        *lines, self._rest = self._rest.split('\n')
        found = [LINE.search(line) for line in lines]
        return [(line[2], int(line[4])) for line in found if line]

    def close(self):
        """End it."""
        os.close(self._pipe)
        self._instance.close()

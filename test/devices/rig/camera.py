"""A V4L2 camera, controlled by Linux's own tools."""

import errno
import fcntl
import os
import re
import struct

from .driver import Binding
from .tool import Running, run

VIDIOC_REQBUFS = 0xC0145608
VIDEO_CAPTURE, MMAP = 1, 1
START_OF_EXPOSURE = 1  # of vivid's timestamp_source

# A line such as "brightness 0x00980900 (int)    : min=0 max=255 step=1 default=128 value=128".
CONTROL = re.compile(r'^ *(?P<name>\w+) 0x[0-9a-f]+ \((?P<kind>\w+)\) *:(?P<rest>[^\n]*)', re.M)
NUMBER = re.compile(r'(\w+)=(-?(?:0x)?[0-9a-f]+)\b')


def kind(control):
    """Return the type of a line of CONTROL, payload for more than one value."""
    several = 'has-payload' in control['rest'] and control['kind'] != 'str'
    return 'payload' if several else control['kind']


class Camera:
    """The camera with a node such as /dev/video0."""

    def __init__(self, path):
        """Take the node's path; the camera is there."""
        self.path = path
        self.minor = os.minor(os.stat(path).st_rdev)
        self._binding = Binding('/sys/class/video4linux/' + os.path.basename(path))

    def set(self, **controls):
        """Set controls of the driver."""
        run('v4l2-ctl', '-d', self.path, '-c',
            ','.join(f'{name}={value}' for name, value in controls.items()))

    def get(self, name):
        """Return the number that a control of the driver has."""
        output = run('v4l2-ctl', '-d', self.path, '-C', name)
        return int(re.search(r': (-?\d+)', output)[1])

    def controls(self):
        """
        Return type and values of the driver's controls, by v4l2-ctl's names.

        The type is payload where it is that of an array's or a matrix's elements, or a struct.
        """
        listed = run('v4l2-ctl', '-d', self.path, '--list-ctrls')
        return {match['name']: (kind(match), {
            key: int(number, 0) for key, number in NUMBER.findall(match['rest'])})
            for match in CONTROL.finditer(listed)}

    def rate(self):
        """Return the images per second that the driver is set to."""
        output = run('v4l2-ctl', '-d', self.path, '--get-parm')
        denominator, numerator = re.search(r'\((\d+)/(\d+)\)', output).groups()
        return int(denominator) / int(numerator)

    def grab(self, fourcc, width, height, rate, path):
        """
        Return the bytes of one image as v4l2-ctl reads it; path is a temporary file.

        Without a rate the driver keeps its own.
        """
        run(*self._stream(fourcc, width, height, rate),
            '--stream-count=1', f'--stream-to={path}')
        with open(path, 'rb') as file:
            return file.read()

    def hold(self, fourcc, width, height, rate):
        """Return another program that streams from the camera until it is ended."""
        return Running(*self._stream(fourcc, width, height, rate))

    def _stream(self, fourcc, width, height, rate):
        return ['v4l2-ctl', '-d', self.path,
                f'--set-fmt-video=width={width},height={height},pixelformat={fourcc}',
                *([] if rate is None else [f'--set-parm={rate:g}']), '--stream-mmap']

    @property
    def is_busy(self):
        """Return whether a program has the camera's buffers, by the driver."""
        node = os.open(self.path, os.O_RDWR)
        try:
            # A request for 0 buffers changes nothing if no program has any.
            fcntl.ioctl(node, VIDIOC_REQBUFS, struct.pack('5I', 0, VIDEO_CAPTURE, MMAP, 0, 0))
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            return True
        finally:
            os.close(node)
        return False

    def unplug(self):
        """Take the camera away."""
        self._binding.undo()

    def plug(self):
        """Give it back, if it was taken away."""
        self._binding.redo()

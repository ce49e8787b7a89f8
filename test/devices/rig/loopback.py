"""
Cameras of v4l2loopback, whose images a program writes.

The driver takes nearly any format and size, and images of any length. It differs from a real
camera in three ways. Stream compensates for two of them:

- Images written while the reader is late overwrite others, even those that the reader holds.
  Stream writes an image when the one before was taken, by the kernel's trace.
- A late reader gets an old image first, with the number 0. Stream writes the first image when
  a reader has queued buffers. Since version 0.15 it may be one of the stream before, too:
  Stream plugs such a camera in anew.
- Rows are never padded, and Y10 and Y12 have sizes as if their pixels had no unused bits.
"""

import contextlib
import errno
import fcntl
import mmap
import os
import struct
import threading
import time

from harness.deadline import DEADLINE, until

from .buffer_trace import BufferFeed, DEQUEUED, OUTPUT
from .tool import run

VIDIOC_S_FMT = 0xC0D05605
VIDIOC_S_PARM = 0xC0CC5616
VIDIOC_STREAMON = 0x40045612
VIDIOC_REQBUFS = 0xC0145608
VIDIOC_QUERYBUF = 0xC0585609
VIDIOC_QBUF = 0xC058560F
FIELD_NONE = 1
MEMORY_MMAP = 1

# struct v4l2_format: the type, and of v4l2_pix_format width, height, pixelformat, field,
# bytesperline and sizeimage; struct v4l2_streamparm: the type, and of v4l2_outputparm
# capability, outputmode and timeperframe.
FORMAT = struct.Struct('=I4xIIIIII176x')
PARAMETERS = struct.Struct('=IIIII184x')
# struct v4l2_requestbuffers: count, type and memory; struct v4l2_buffer: index, type,
# bytesused, flags, field, sequence, memory, offset and length.
REQUEST = struct.Struct('=III8x')
BUFFER = struct.Struct('=IIIII36xIIQI12x')

CONTROL_NODE = '/dev/v4l2loopback'  # V4L2LOOPBACK_CTL_ADD and _REMOVE
ADD, REMOVE = 0x40487E01, 0x40047E02
# struct v4l2_loopback_config: number, 0, name, sizes (0: any), buffers, openers, debug level,
# all capabilities at once.
CONFIGURATION = struct.Struct('=ii32sIIIIiiii')

BUFFERS = 8  # of the driver; the reader's own number of them is the most that are used
FIRST_NUMBER = 20  # of /dev/video20: far from those that a camera gets


def plug(count):
    """Plug in and return count cameras; they have no format until one is offered."""
    numbers = range(FIRST_NUMBER, FIRST_NUMBER + count)
    run('modprobe', 'v4l2loopback', f'devices={count}', f'max_buffers={BUFFERS}',
        'video_nr=' + ','.join(map(str, numbers)),
        'card_label=' + ','.join(f'Loopback-{number}' for number in numbers),
        'exclusive_caps=' + ','.join('1' for _ in numbers))
    return [Loopback(f'/dev/video{number}') for number in numbers]


def unplug():
    """Unplug all of them; no program may have one open."""
    def gone():
        with contextlib.suppress(AssertionError):  # in use
            run('modprobe', '-r', 'v4l2loopback')
            return True
    until(gone, 'v4l2loopback is in use by nobody')


class Loopback:
    """A camera of v4l2loopback."""

    def __init__(self, path):
        """Take the node's path."""
        self.path = path
        self.minor = os.minor(os.stat(path).st_rdev)
        self.keeps = False  # images of the last stream

    def renew(self):
        """Plug it in anew, once no program has it open."""
        number = int(self.path.removeprefix('/dev/video'))
        control = os.open(CONTROL_NODE, os.O_RDWR)
        try:
            def removed():
                try:
                    fcntl.ioctl(control, REMOVE, number)
                except OSError as error:
                    if error.errno != errno.EBUSY:
                        raise
                    return False
                return True
            until(removed, f'{self.path} is in use by nobody')
            fcntl.ioctl(control, ADD, CONFIGURATION.pack(
                number, 0, f'Loopback-{number}'.encode(), 0, 0, 0, 0, BUFFERS, 0, 0, 0))
        finally:
            os.close(control)
        self.minor = os.minor(os.stat(self.path).st_rdev)
        self.keeps = False

    @contextlib.contextmanager
    def offer(self, fourcc, width, height, rate=30.0):
        """
        Offer images of a format, the only one for readers; see Stream.

        After the end a present reader gets no more images.
        """
        stream = Stream(self, fourcc, width, height, rate)
        try:
            yield stream
        finally:
            stream.close()


class Stream:
    """Images of one format, on their way to one reader."""

    def __init__(self, camera, fourcc, width, height, rate):
        """Set the format, once the readers of another one have gone."""
        self.camera, self.fourcc, self.width, self.height = camera, fourcc, width, height
        self.rate = rate  # [images/s] at most
        self.written = 0  # images
        self._taken = 0  # one past the number of the last image that the reader took
        self._held = 0  # images that the reader has taken and not given back
        self._connected = False
        self._buffers = []  # the driver's, empty where images are written by write()
        self._next = time.monotonic()
        self._show = None
        self._ended = threading.Event()
        if camera.keeps:
            camera.renew()
        self._node = until(self._opened, f'{camera.path} takes {fourcc} {width}x{height}')
        self._feed = BufferFeed(camera.minor)
        denominator = round(rate * 1000)
        self._control(VIDIOC_S_PARM, PARAMETERS, OUTPUT, 0, 0, 1000, denominator)
        # From now on readers are told of the format.
        start = struct.pack('=i', OUTPUT)
        try:
            fcntl.ioctl(self._node, VIDIOC_STREAMON, start)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # Version 0.15 wants buffers here. With buffers 0.12 does not number images.
            self._map_buffers()
            fcntl.ioctl(self._node, VIDIOC_STREAMON, start)

    def _map_buffers(self):
        """Map the buffers into which images are written."""
        self.camera.keeps = True
        count, *_ = self._control(VIDIOC_REQBUFS, REQUEST, BUFFERS, OUTPUT, MEMORY_MMAP)
        for index in range(count):
            *_, offset, length = self._control(
                VIDIOC_QUERYBUF, BUFFER, index, OUTPUT, 0, 0, FIELD_NONE, 0, MEMORY_MMAP, 0, 0)
            self._buffers.append(mmap.mmap(self._node, length, offset=offset))

    def _opened(self):
        node = os.open(self.camera.path, os.O_RDWR)
        asked = (self.width, self.height, int.from_bytes(self.fourcc.encode(), 'little'))
        reply = FORMAT.unpack(fcntl.ioctl(node, VIDIOC_S_FMT, FORMAT.pack(
            OUTPUT, *asked, FIELD_NONE, 0, 0)))
        if reply[1:4] == asked:
            self._capacity = reply[6]
            return node
        os.close(node)
        return None

    def _control(self, request, form, *values):
        return form.unpack(fcntl.ioctl(self._node, request, form.pack(*values)))

    def wait_for_reader(self, process=None):
        """Wait until a reader has queued buffers."""
        end = time.monotonic() + DEADLINE
        while not self._connected:
            if process is not None:
                process.check_running(f'{self.camera.path} is read')
            assert time.monotonic() < end, f'nobody reads {self.camera.path}'
            self._listen(0.1)

    def send(self, *images):
        """Write images (bytes), each when the one before was taken."""
        for image in images:
            end = time.monotonic() + DEADLINE
            while (not self._connected or self._taken < self.written or self._held > 2
                   or time.monotonic() < self._next):
                assert time.monotonic() < end, (
                    f'image {self.written} of {self.camera.path} is not wanted')
                if self._ended.is_set():
                    return
                self._listen(min(0.1, max(0.0, self._next - time.monotonic())) or 0.1)
            self._next = max(self._next, time.monotonic() - 1 / self.rate) + 1 / self.rate
            self._write(image)

    def burst(self, images):
        """Write images at once; the reader gets some of them."""
        for image in images:
            self._write(image)

    def show(self, image):
        """Write one image repeatedly until the end, in a thread of its own."""
        assert self._show is None, 'an image is shown already'
        self._show = threading.Thread(target=self._repeat, args=(image,), daemon=True)
        self._show.start()

    def _repeat(self, image):
        while not self._ended.is_set():
            if not self._connected or self._taken < self.written:
                self._listen(0.1)
            else:
                self.send(image)

    def _write(self, image):
        assert len(image) <= self._capacity, f'{len(image)} bytes into {self._capacity}'
        if self._buffers:
            index = self.written % len(self._buffers)
            self._buffers[index][:len(image)] = image
            self._control(VIDIOC_QBUF, BUFFER, index, OUTPUT, len(image), 0, FIELD_NONE, 0,
                          MEMORY_MMAP, 0, 0)
        else:
            written = os.write(self._node, image)
            assert written == len(image), f'{written} of {len(image)} bytes written'
        self.written += 1

    def _listen(self, timeout):
        """Process the reader's events."""
        for event, sequence in self._feed.wait(timeout):
            if event == DEQUEUED:
                # A late reader gets the driver's images with the number 0.
                self._taken = self.written if sequence < self._taken else sequence + 1
                self._held += 1
            else:
                self._held = max(0, self._held - 1)
                self._connected = True

    def close(self):
        """End it."""
        self._ended.set()
        if self._show is not None:
            self._show.join(DEADLINE)
        self._feed.close()
        for buffer in self._buffers:
            buffer.close()
        os.close(self._node)

"""
USB webcams with a microphone, in software: see test/devices/webcam.

A Webcam plugs in and out, obeys commands, and tells exactly what it has sent. A test computes
with image and sound what was sent, to compare it with what arrived byte for byte.
"""

import collections
import contextlib
import functools
import glob
import json
import os
from pathlib import Path
import re
import subprocess
import sys
import tempfile

from harness.deadline import until
import numpy as np

from .tool import run

PROGRAM = 'build/webcam'  # tools/devices.sh builds it,
PICTURES = 'build/webcam_pictures'  # and has it write these
UDEV = '/lib/systemd/systemd-udevd'
AUTOSUSPEND = Path('/sys/module/usbcore/parameters/autosuspend')  # [s], -1: never

VARIANTS = 4  # pictures of each size: image n shows n modulo this
NUMBER = re.compile(rb'\xff\xd8\xff\xfe\x00\x10image (\d{8})', re.DOTALL)
FULL_SCALE = 32767  # of a click
TEXTURED, DARK, WHITE = range(3)  # looks of an image

# A white image, by its number, and a click, by its index among the audio frames, at the same
# instant [ns on CLOCK_MONOTONIC].
Event = collections.namedtuple('Event', 'instant image sample')


class System:
    """
    What the guest needs for USB devices in software, from now to close: modules, udev, no rest.

    The links in /dev/v4l are udev's. vhci-hcd makes 16 root hubs and udev changes the rights of
    devices, so that neither is there for other cases.

    The guest's clock counts instructions, but while its processor rests it is the host's, which
    may be busy: devices would be as late as QEMU is. So the processor has something to do when
    nothing else wants it. That is done faster than real time, too.
    """

    def __init__(self):
        """Load the modules and start udev."""
        run('modprobe', '-a', 'uvcvideo', 'snd-usb-audio', 'vhci-hcd')
        # vhci-hcd notes one port at a time that resumes: of two webcams that were asleep and are
        # opened at once, one is disconnected.
        self._autosuspend = AUTOSUSPEND.read_text()
        AUTOSUSPEND.write_text('-1')
        self._udev = subprocess.Popen(
            [UDEV], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, 'SYSTEMD_IGNORE_CHROOT': '1'})
        self._restless = subprocess.Popen(
            ['chrt', '--idle', '0', sys.executable, '-S', '-c', 'while True: pass'])
        try:
            until(lambda: os.path.exists('/run/udev/control'), 'udev')
        except BaseException:
            self.close()
            raise

    def close(self):
        """End udev, unload vhci-hcd, and let the processor rest."""
        self._restless.kill()
        self._restless.wait()
        self._udev.terminate()
        self._udev.wait()
        with contextlib.suppress(FileNotFoundError):
            os.unlink('/run/udev/control')
        run('modprobe', '-r', 'vhci-hcd')
        AUTOSUSPEND.write_text(self._autosuspend)


class Webcam:
    """
    One webcam with its microphone; there may be several.

    Options are those of build/webcam -help, with _ for -: formats='yuyv', bulk=True, serial=''.
    """

    def __init__(self, **options):
        """Start the program; the device is not plugged in yet."""
        self._folder = tempfile.mkdtemp(prefix='webcam-')
        self._record = os.path.join(self._folder, 'record')
        arguments = [f'-{name.replace("_", "-")}={str(value).lower() if isinstance(value, bool) else value}'
                     for name, value in options.items()]
        # Neither the test nor av_capture makes it late: a device is not slowed down by the host.
        self._child = subprocess.Popen(
            ['chrt', '--rr', '2', PROGRAM, f'-pictures={PICTURES}', f'-record={self._record}',
             *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.channels = options.get('channels', 1)
        self.rate = options.get('sample_rate', 48000)
        self.port = None
        self._lines = []
        self._rest = b''
        self._read = 0

    def command(self, *words):
        """Give a command of webcam/commands.go; it has taken effect when this returns."""
        self._child.stdin.write(' '.join(map(str, words)) + '\n')
        answer = self._child.stdout.readline()
        assert answer, f'the webcam has ended with status {self._child.wait()}'
        error = json.loads(answer).get('error')
        assert error is None, f'{words}: {error}'

    def plug(self, port=None):
        """
        Plug it in and wait until the system has camera and sound card.

        The port (0 to 7) is by default the one where it was last.
        """
        self.port = port if port is not None else self.port or 0
        self.command('plug', self.port)
        prefer('vhci_rx', 'vhci_tx')
        until(lambda: self.nodes and self.card is not None, f'the webcam in port {self.port}')
        # Their links are udev's.
        until(lambda: os.path.exists(self.by_path), f'a link to {self.path} in /dev/v4l/by-path')

    def unplug(self):
        """Pull the plug, and wait until the system has noticed."""
        self.command('unplug')
        self._wait_for_absence()

    def sever(self):
        """End the connection without a word, and wait until the system has noticed."""
        self.command('sever')
        self._wait_for_absence()

    def _wait_for_absence(self):
        until(lambda: not os.path.exists(self._device), 'the end of the device')

    @property
    def _device(self):
        """Return the folder of the USB device."""
        # The first root hub is that of high speed, the second that of super speed.
        controller = min(glob.glob('/sys/devices/platform/vhci_hcd.0/usb[0-9]*'),
                         key=lambda path: int(path.rpartition('usb')[2]))
        bus = controller.rpartition('usb')[2]
        return f'{controller}/{bus}-{self.port + 1}'

    @property
    def nodes(self):
        """Return the paths of its video nodes: that of images, that of metadata."""
        found = glob.glob(f'{self._device}/*/video4linux/video*')
        return ['/dev/' + os.path.basename(path)
                for path in sorted(found, key=lambda path: Path(path, 'index').read_text())]

    @property
    def path(self):
        """Return the path of the node that gives images, such as /dev/video1."""
        return self.nodes[0]

    @property
    def by_id(self):
        """Return the path of its link in /dev/v4l/by-id."""
        return self._link('by-id')

    @property
    def by_path(self):
        """Return the path of its link in /dev/v4l/by-path."""
        return self._link('by-path')

    def _link(self, kind):
        for link in glob.glob(f'/dev/v4l/{kind}/*'):
            if os.path.realpath(link) == self.path:
                return link
        return f'no link in {kind}'

    @property
    def card(self):
        """Return the number of its sound card, None without one."""
        for path in glob.glob(f'{self._device}/*/sound/card*'):
            return int(path.rpartition('card')[2])
        return None

    @property
    def device(self):
        """Return the microphone node's name of its sound card."""
        return f'hw:{self.card},0'

    def record(self, kind=None):
        """Return what it has recorded so far: dictionaries, see webcam/record.go."""
        with open(self._record, 'rb') as file:
            file.seek(self._read)
            data = self._rest + file.read()
            self._read = file.tell()
        *lines, self._rest = data.split(b'\n')
        self._lines += map(json.loads, lines)
        return [line for line in self._lines if kind in (None, line['kind'])]

    def events(self):
        """Return the events so far whose image and click were both sent, see Event."""
        samples = {click['instant']: click['sample'] for click in self.record('click')}
        return [Event(image['instant'], image['number'], samples[image['instant']])
                for image in self.record('image')
                if image['flash'] and image['instant'] in samples]

    def sent(self):
        """Return the records of the images sent so far, in order, each with its stream's."""
        images, stream = [], None
        for line in self.record():
            if line['kind'] == 'image stream':
                stream = line
            elif line['kind'] == 'image':
                images.append({**line, 'stream': stream})
        return images

    def image(self, number, mode=None, look=TEXTURED):
        """
        Return the bytes of an image as it was sent without a fault.

        mode is the record of the stream, by default of the last one.
        """
        mode = mode or self.record('image stream')[-1]
        width, height = mode['width'], mode['height']
        variant = number % (VARIANTS if look == TEXTURED else 1)
        if mode['format'] == 'mjpeg':
            return b'\xff\xd8\xff\xfe\x00\x10image %08d' % number + jpeg(width, height, look, variant)[2:]
        assert mode['format'] == 'yuyv', mode
        image = yuyv(width, height, look, variant).copy()
        image[0, :32, 0] = [16 + 219 * (number >> bit & 1) for bit in range(32)]
        return image.tobytes()

    def number(self, image):
        """Return the number in the bytes of an image: JPEG, or YUYV without padding."""
        match = NUMBER.match(image)
        if match:
            return int(match[1])
        return sum((luma > 128) << bit for bit, luma in enumerate(image[0:64:2]))

    def sound(self, first, count):
        """Return audio frames as they were sent: int16, count x channels."""
        return noise(first, count, self.channels)

    def close(self):
        """End the program, which unplugs the device."""
        self._child.stdin.close()
        self._child.wait()
        self._child.stdout.close()
        if self.port is not None:
            self._wait_for_absence()


@functools.cache
def jpeg(width, height, look, variant):
    """Return the bytes of a picture's file, without a number."""
    return Path(PICTURES, f'{width}x{height}_{look}_{variant}.jpg').read_bytes()


@functools.cache
def yuyv(width, height, look, variant):
    """Return a picture as height x width x 2 (luma and chroma), of webcam/pictures.go."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    if look == TEXTURED:
        luma, chroma = x + 2 * y + 64 * variant, 2 * x - y + 64 * variant
    else:
        luma, chroma = np.full_like(x, {DARK: 40, WHITE: 235}[look]), np.full_like(x, 128)
    return np.stack([luma, chroma], axis=-1).astype(np.uint8)


def noise(first, count, channels):
    """Return the samples of webcam/samples.go: int16, count x channels."""
    index = np.arange(first * channels, (first + count) * channels, dtype=np.uint64)
    word = 0xffffffff
    state = index * 0x9e3779b1 & word
    state ^= state >> 15
    state = state * 0x85ebca77 & word
    return (state >> 16).astype(np.uint16).view(np.int16).reshape(count, channels)


def prefer(*names):
    """Give the kernel's threads of these names real-time priority."""
    for path in glob.glob('/proc/[0-9]*/comm'):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if Path(path).read_text().strip() in names:
                os.sched_setscheduler(int(path.split('/')[2]), os.SCHED_RR, os.sched_param(3))

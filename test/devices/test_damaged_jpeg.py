"""A camera some of whose JPEGs are damaged: the whole ones arrive, and nothing else."""

from diagnostic_msgs.msg import DiagnosticArray
from harness.deadline import until
from harness.derived import pairs
from harness.image import pixels
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
from harness.pattern import frame_number
import numpy as np
import pytest
from rig.motion_jpeg import (
    cut, empty, END, file, garbage, holed, number_of, padded, picture, START)
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

pytestmark = pytest.mark.virtual('damages its images when it likes')

SIZE, OTHER = (96, 64), (112, 80)  # one that was negotiated, and one that the camera takes to
AHEAD = 3  # images that are written before one of them has arrived
TOLERANCE = 2  # levels
ROUNDS = 2

# One of four images is one of these, in turn. That there is a hole in a file shows when it is
# decoded.
RESIZED, WITHOUT_TABLES = 'of another size', 'without tables'
KINDS = (cut, padded, garbage, RESIZED, empty, WITHOUT_TABLES)
DAMAGES = (cut, garbage, empty, holed)


class Phase:
    """One stream of numbered images, and what has to become of them."""

    def __init__(self, stream, inbox, number_in, process):
        """Take where whole images arrive, and how to read a message's number."""
        self._stream, self._inbox, self._number_in = stream, inbox, number_in
        self._process = process
        self._start = len(inbox.so_far())
        self._next = 0
        self._whole = []  # their numbers
        self.damaged = 0

    def messages(self):
        """Return the messages that have arrived."""
        return self._inbox.so_far()[self._start:]

    def run(self, kinds):
        """
        Write images until one arrives, and from then on one of each kind after three whole.

        Require that the whole ones arrive, in order, none twice. The camera goes on.
        """
        while not self.messages():
            self._process.check_running('an image arrives')
            self._send()
        self._wait(lambda: self._number_in(self.messages()[-1]) == self._whole[-1])
        self._start += len(self.messages())
        self._whole.clear()
        for kind in kinds:
            for each in (None, None, None, kind):
                self._send(each)
                # Neither the middleware nor the driver loses what comes as it is taken.
                self._wait(lambda: len(self.messages()) >= len(self._whole) - AHEAD)
        # The last image shows that all before have been handled.
        self._send()
        self._wait(lambda: self._number_in(self.messages()[-1]) == self._whole[-1])
        assert [self._number_in(message) for message in self.messages()] == self._whole
        self._stream.show(file(self._next, *SIZE))

    def _send(self, kind=None):
        image = file(self._next, *(OTHER if kind is RESIZED else SIZE),
                     tables=kind is not WITHOUT_TABLES)
        if kind in DAMAGES:
            self.damaged += 1
        else:
            self._whole.append(self._next)
        self._stream.send(kind(image) if callable(kind) else image)
        self._next += 1

    def _wait(self, condition):
        until(condition, f'the images {self._whole} arrive', self._process)


def test_whole_images_arrive_and_damaged_ones_are_counted(av_capture, listener, loopbacks):
    images = listener.subscribe(Image, '/camera/image_raw')
    files = listener.subscribe(CompressedImage, '/camera/image_raw/compressed')
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    untouched, decoded = loopbacks
    with untouched.offer('MJPG', *SIZE) as stream, decoded.offer('MJPG', *SIZE) as other:
        process = av_capture(*of_camera(
            video_device=untouched.path, image_width=SIZE[0], image_height=SIZE[1],
            pixel_format='mjpeg', framerate=30.0, reconnect_interval=0.2))
        first = Phase(stream, files, lambda message: number_of(bytes(message.data)), process)
        first.run(KINDS * ROUNDS)
        check_files(first.messages())
        check_pictures(images.so_far(), infos.so_far())
        wait_for_damaged(statuses, first.damaged, process)

        # Nobody wants files any more, so that whoever decodes does so for the images.
        listener.unsubscribe(files)
        client = ParameterClient(listener, '/camera', process)
        client.change(video_device=decoded.path, pixel_format='bgr8')
        second = Phase(other, images,
                       lambda message: frame_number(pixels(message), 'bgr8'), process)
        second.run((holed, *KINDS) * ROUNDS)
        check_pictures(second.messages(), infos.so_far())
        wait_for_damaged(statuses, first.damaged + second.damaged, process)
    assert process.lines('WARN.*damaged'), process.text()


def check_files(messages):
    """Require files from start to end."""
    for message in messages:
        data = bytes(message.data)
        assert (data[:2], data[-2:]) == (START, END), f'the file of image {number_of(data)}'


def check_pictures(images, infos):
    """Require that every image is the picture of its number, and of camera_info its size."""
    for image in images:
        got = pixels(image)
        number = frame_number(got, 'bgr8')
        assert number is not None, 'an image without a number'
        off = np.abs(got - picture(number, image.width, image.height)).max()
        assert off <= TOLERANCE, f'image {number} is off by up to {off:.1f}'
    assert {(image.width, image.height) for image in images} == {SIZE, OTHER}
    both = pairs(images, infos)
    assert len(both) > len(images) / 2
    for image, info in both:
        assert (info.width, info.height) == (image.width, image.height)


def wait_for_damaged(statuses, count, process):
    """Wait until the diagnostics count so many damaged images, and require that none is lost."""
    def told(arrays):
        return {pair.key: pair.value for pair in arrays[-1].status[0].values} if arrays else {}
    arrays = statuses.wait_until(
        lambda arrays: told(arrays).get('damaged') == str(count), process,
        f'{count} damaged images in the diagnostics')
    assert told(arrays)['drops'] == '0', process.text()

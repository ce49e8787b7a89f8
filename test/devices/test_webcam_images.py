"""A USB webcam's images arrive byte for byte as it has sent them, and none is missing."""

import itertools

from diagnostic_msgs.msg import DiagnosticArray
from harness.deadline import until
from harness.image import pixels
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
from harness.set_capture import SetCapture
import numpy as np
import pytest
from rig.arrivals import compare
from rig.pixel_format import converted, LUMA, TOLERANCE
from rig.told import check_told
from sensor_msgs.msg import CompressedImage, Image

pytestmark = pytest.mark.virtual('does not tell what it has sent')

SMALL, SIZES = (640, 480), [(640, 480), (1280, 720), (1920, 1080)]
BLACK = 16  # luma
COUNT = 16  # images of each size

# Ways in which images come, each with the sizes that are tried.
WAYS = [
    ({'uvc': '1.0'}, SIZES),
    ({'uvc': '1.1', 'bulk': True}, SIZES),
    ({'uvc': '1.1', 'clock': True}, SIZES[1:2]),
    ({'uvc': '1.0', 'bulk': True, 'payload': 4096}, SIZES[:1]),
]


class Tour:
    """A node that goes from webcam to webcam, and from size to size."""

    def __init__(self, av_capture, listener):
        """Take the function that starts it, and where messages arrive."""
        self._av_capture, self._listener = av_capture, listener
        self.process = self._client = None

    def go(self, webcam, size, pixel_format, inbox, wanted=len):
        """Wait for COUNT images in a mode, by wanted(messages since then)."""
        streams = len(webcam.record('image stream'))
        asked = {'video_device': webcam.by_path, 'image_width': size[0], 'image_height': size[1],
                 'pixel_format': pixel_format}
        if self.process is None:
            self.process = self._av_capture(*of_camera(framerate=30.0, **asked))
            self._client = ParameterClient(self._listener, '/camera', self.process)
        else:
            # A busy emulated machine takes longer now and then than the 5 s of an answer.
            until(lambda: self._client.set_atomically(asked).successful, f'{asked}', self.process)
        until(lambda: len(webcam.record('image stream')) > streams, 'a stream', self.process)
        before = len(inbox.so_far())
        return inbox.wait_counted(COUNT, lambda messages: wanted(messages[before:]),
                                  self.process, f'{COUNT} images')

    def end(self):
        """Have no images come any more."""
        SetCapture(self._listener, '/camera', self.process).turn(False)


def test_images_are_those_that_the_webcam_has_sent(av_capture, listener, webcams):
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    files = listener.subscribe(CompressedImage, '/camera/image_raw/compressed')
    cameras = [(webcams(port, **options), sizes) for port, (options, sizes) in enumerate(WAYS)]
    tour = Tour(av_capture, listener)
    for webcam, sizes in cameras:
        for size in sizes:
            tour.go(webcam, size, 'mjpeg', files)
    listener.unsubscribe(files)

    # Raw, and as colours.
    raw = listener.subscribe(Image, '/camera/image_raw')
    (isochronous, _), (bulk, _), *_ = cameras
    for webcam in (isochronous, bulk):
        tour.go(webcam, SMALL, 'yuv422_yuy2', raw, lambda messages: count(messages, 'yuv422_yuy2'))
    tour.go(bulk, SMALL, 'bgr8', raw, lambda messages: count(messages, 'bgr8'))
    tour.end()

    untouched = [bytes(message.data) for message in files.so_far()]
    files_of = parted(untouched, isochronous.number)
    assert len(files_of) == len(cameras)
    missing = [record for (webcam, sizes), images in zip(cameras, files_of)
               for record in check(webcam, images, sizes, 'mjpeg')]
    # Before these there may be images that the node has decoded.
    *_, unchanged, colours = (list(group) for _, group in itertools.groupby(
        raw.so_far(), lambda message: message.encoding))
    images_of = parted([pixels(image).tobytes() for image in unchanged], isochronous.number)
    for webcam, images in zip((isochronous, bulk), images_of):
        missing += check(webcam, images, [SMALL], 'yuyv')
    missing += check_colours(bulk, colours)

    # Those for which the driver had no buffer are counted.
    print(f'{len(untouched)} files; missing: {missing}')
    check_told(statuses, tour.process, drops=len(missing), damaged=0)
    tour.process.end()
    assert not tour.process.lines('ERROR'), tour.process.text()


def count(messages, encoding):
    """Return how many have an encoding."""
    return sum(m.encoding == encoding for m in messages)


def parted(images, number):
    """Part images by webcam: at another the numbers begin anew."""
    parts = [[]]
    for image in images:
        if parts[-1] and number(image) < number(parts[-1][-1]):
            parts.append([])
        parts[-1].append(image)
    return parts


def check(webcam, images, sizes, pixel_format):
    """Require images as they were sent, in these modes in turn; return what is missing."""
    streams = {record['number']: record['stream'] for record in webcam.sent()}
    modes = [(m['format'], m['width'], m['height'])
             for m in (streams[webcam.number(image)] for image in images)]
    assert [mode for mode, _ in itertools.groupby(modes)] == [
        (pixel_format, *size) for size in sizes]
    return compare(webcam, images)


def check_colours(webcam, messages):
    """Require the colours of what was sent; return what is missing."""
    width, height = SMALL
    sent = {record['number']: record for record in webcam.sent()}
    numbers = []
    for message in messages:
        image = pixels(message)
        luma = image[0, :32] @ LUMA[::-1]
        number = sum((value > 128) << bit for bit, value in enumerate(luma.tolist()))
        numbers.append(number)
        if len(numbers) % 8:
            continue  # the definition takes the guest a third of a second
        assert sent[number]['stream']['format'] == 'yuyv'
        data = np.frombuffer(webcam.image(number, sent[number]['stream']), np.uint8)
        want = converted('YUYV', data, width, height, 'bgr8')
        # Luma below 16 is none in limited range: what is made of it is nobody's to say.
        defined = data.reshape(height, width, 2)[:, :, 0] >= BLACK
        off = np.abs(image.astype(np.int16) - want)[defined].max()
        assert off <= TOLERANCE['YUYV'], f'image {number} is off by up to {off}'
    return [sent[number] for a, b in itertools.pairwise(numbers) for number in range(a + 1, b)]


"""Formats that ROS has a word for arrive byte for byte, at every width."""

from harness.image import published
from harness.parameters import camera as of_camera
import numpy as np
import pytest
from rig.formats import NEAR, Tour
from rig.picture import checkers, NUMBER
from rig.pixel_format import BAYER, widths
from sensor_msgs.msg import Image

pytestmark = pytest.mark.virtual('has the formats that it has')

# By pixel_format: the V4L2 format that has the same bytes, and how many make a pixel.
RAW = {
    'yuv422_yuy2': ('YUYV', 2), 'uyvy': ('UYVY', 2), 'mono8': ('GREY', 1), 'mono16': ('Y16 ', 2),
    'bgr8': ('BGR3', 3), 'rgb8': ('RGB3', 3), 'bayer_rggb8': ('RGGB', 1),
    'bayer_bggr8': ('BA81', 1), 'bayer_gbrg8': ('GBRG', 1), 'bayer_grbg8': ('GRBG', 1)}


def test_raw_images_are_the_bytes_that_were_written(av_capture, listener, loopbacks):
    with Tour(av_capture, listener, loopbacks) as tour:
        for number, (encoding, (fourcc, size)) in enumerate(RAW.items()):
            near = widths(fourcc, NEAR)
            # The orders of a mosaic are one format for all that has to do with widths.
            for width in [near[number % 4]] if fourcc in BAYER else near:
                tour.stop(fourcc, width, encoding, same_bytes(size), published(encoding))


# By pixel_format: formats of vivid alone, any of which may be taken, bytes of a pixel in a row,
# and rows for two of the image's.
OF_VIVID = {'nv21': (['NV21'], 1, 3), '16UC1': (['Y10 ', 'Y12 '], 2, 2)}


def test_raw_images_are_the_bytes_that_v4l2_ctl_reads(av_capture, listener, camera, tmp_path):
    camera.set(test_pattern=NUMBER[checkers], osd_text_mode=2)
    width, height = 320, 180
    process = None
    inbox = listener.subscribe(Image, '/camera/image_raw', depth=5)
    for encoding, (fourccs, size, rows) in OF_VIVID.items():
        if process is not None:
            process.end()
        want = [camera.grab(fourcc, width, height, 30.0, tmp_path / 'image') for fourcc in fourccs]
        process = av_capture(*of_camera(
            video_device=camera.path, image_width=width, image_height=height,
            pixel_format=encoding, framerate=30.0))
        images = inbox.wait_until(
            lambda images: sum(image.encoding == encoding for image in images) >= 2, process,
            f'two images of {encoding}')
        for image in images:
            if image.encoding == encoding:
                assert (image.width, image.height) == (width, height)
                assert image.step == size * width
                assert len(image.data) == image.step * height * rows // 2
                assert bytes(image.data) in want, f'{encoding}: other bytes'


def same_bytes(size):
    """Return a check of the bytes, with so many for a pixel."""
    def check(message, data):
        assert message.is_bigendian == 0
        assert message.step >= size * message.width, f'step is {message.step}'
        got = np.frombuffer(message.data, np.uint8)
        assert len(got) == message.step * message.height, f'{len(got)} bytes'
        rows = got.reshape(message.height, message.step)[:, :size * message.width]
        want = np.frombuffer(data, np.uint8).reshape(message.height, -1)
        wrong = np.argwhere(rows != want)
        assert not len(wrong), f'{len(wrong)} of {want.size} bytes differ, the first at {wrong[0]}'
    return check

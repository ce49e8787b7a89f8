"""Y, U and V of the raw image arrive side by side, byte for byte."""

from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera
import numpy as np
import pytest
from sensor_msgs.msg import Image

# Where in the four bytes of two pixels the first Y, the U and the V are.
OFFSETS = {'yuv422_yuy2': (0, 1, 3), 'uyvy': (1, 0, 2)}


def planes(raw, pixel_format):
    """Return the planes of an image of height x width x 2 bytes."""
    luma, u, v = OFFSETS[pixel_format]
    rows = raw.reshape(len(raw), -1)
    return np.hstack([rows[:, luma::2], rows[:, u::4], rows[:, v::4]])


def pairs(raw, derived):
    """Return the images that were made of an image that arrived too, with it."""
    by_stamp = {nanoseconds(image.header.stamp): image for image in raw}
    return [(by_stamp[nanoseconds(image.header.stamp)], image) for image in derived
            if nanoseconds(image.header.stamp) in by_stamp]


@pytest.mark.parametrize('pixel_format, flips', [
    ('yuv422_yuy2', {}), ('uyvy', {}), ('uyvy', {'flip_horizontal': True, 'rotate': 180})])
def test_planes_are_the_bytes_of_the_image(av_capture, listener, pixel_format, flips):
    raw = listener.subscribe(Image, '/camera/image_raw')
    derived = listener.subscribe(Image, '/camera/planes')
    process = av_capture(*camera(
        source='synthetic', pixel_format=pixel_format, image_width=322, image_height=241,
        frame_id='eye', **flips))
    derived.wait_until(lambda images: len(pairs(raw.so_far(), images)) >= 20,
                       process, '20 planes with their images')
    for whole, image in pairs(raw.so_far(), derived.so_far()):
        assert (image.width, image.height, image.encoding) == (644, 241, 'mono8')
        assert image.header.frame_id == 'eye'
        assert (pixels(image)[:, :, 0] == planes(pixels(whole), pixel_format)).all()


def test_images_without_planes_are_said_and_nothing_else_stops(av_capture, listener):
    raw = listener.subscribe(Image, '/camera/image_raw')
    derived = listener.subscribe(Image, '/camera/planes')
    process = av_capture(*camera(source='synthetic', image_width=320, image_height=240))
    process.wait_for_line('WARN.*planes.*bgr8.*set pixel_format to yuv422_yuy2 or uyvy')
    seen = len(raw.so_far())
    raw.wait(seen + 10, process)
    assert not derived.so_far()
    assert len(process.lines('WARN.*planes')) == 1  # not once for each image
    ParameterClient(listener, '/camera', process).change(pixel_format='yuv422_yuy2')
    derived.wait(5, process)


def test_subscribers_come_and_go(av_capture, listener):
    process = av_capture(*camera(source='synthetic', pixel_format='uyvy', image_width=320,
                                 image_height=240))
    for _ in range(3):
        inbox = listener.subscribe(Image, '/camera/planes')
        inbox.wait(5, process)
        listener.unsubscribe(inbox)

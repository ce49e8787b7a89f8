"""Images of 1920x1080 reach rclpy at the camera's rate without one wrong byte."""

from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameters import camera
from harness.pattern import frame_number, Pattern
import pytest
from sensor_msgs.msg import Image


@pytest.mark.alone
def test_full_hd_images_arrive_whole(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw', depth=5)
    process = av_capture(*camera(
        source='synthetic', image_width=1920, image_height=1080, framerate=30.0))
    images = inbox.wait(45, process)
    process.end()
    pattern = Pattern(1920, 1080, 'bgr8')
    start, first = nanoseconds(images[0].header.stamp), None
    previous = -1
    for image in images:
        assert (image.width, image.height, image.encoding) == (1920, 1080, 'bgr8')
        got = pixels(image)
        number = frame_number(got, 'bgr8')
        assert number is not None and number > previous
        assert (got == pattern.image(number)).all(), f'image {number} differs from its pattern'
        previous = number
        first = number if first is None else first
        expected = (number - first) * 1e9 / 30
        assert abs(nanoseconds(image.header.stamp) - start - expected) < 1e6

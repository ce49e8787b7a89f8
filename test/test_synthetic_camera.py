"""The synthetic camera's images reach rclpy whole, in order and on time."""

from harness.image import pixels, published
from harness.listener import nanoseconds
from harness.parameters import camera
from harness.pattern import frame_number, Pattern
import pytest
from sensor_msgs.msg import Image


@pytest.mark.parametrize('encoding', ['bgr8', 'rgb8', 'mono8', 'yuv422_yuy2', 'uyvy'])
def test_every_pixel_is_the_patterns(av_capture, listener, encoding):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='synthetic', image_width=640, image_height=480, pixel_format=encoding,
        frame_id='eye'))
    images = inbox.wait(30, process)
    pattern = Pattern(640, 480, encoding)
    previous = -1
    for image in images:
        assert (image.width, image.height) == (640, 480)
        assert image.encoding == published(encoding)
        assert image.header.frame_id == 'eye'
        got = pixels(image)
        number = frame_number(got, encoding)
        assert number is not None and number > previous
        assert (got == pattern.image(number)).all(), f'image {number} differs from its pattern'
        previous = number


@pytest.mark.check
@pytest.mark.parametrize('rate', [30.0, 119.88])
def test_stamps_are_the_times_at_which_images_were_due(av_capture, listener, rate):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='synthetic', image_width=320, image_height=240, framerate=rate))
    images = inbox.wait(90, process)
    start = nanoseconds(images[0].header.stamp)
    first = frame_number(pixels(images[0]), 'bgr8')
    previous = start - 1
    for image in images:
        stamp = nanoseconds(image.header.stamp)
        assert stamp > previous
        previous = stamp
        periods = frame_number(pixels(image), 'bgr8') - first
        # The system clock is slewed and read once for each image, hence not to the nanosecond.
        assert abs(stamp - start - periods * 1e9 / rate) < 1e6
    # The stamp is the system time, at which the image had not been received yet.
    now = listener.node.get_clock().now().nanoseconds
    assert previous < now < previous + 60e9

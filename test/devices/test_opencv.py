"""The camera through OpenCV's own V4L2 back-end, for those who want that one."""

from harness.image import pixels, published
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import numpy as np
import pytest
from rig.driver_stamps import check_stamps
from rig.picture import bars, encoded, NUMBER, TOLERANCE
from sensor_msgs.msg import Image

WIDTH, HEIGHT = 640, 480


@pytest.mark.virtual('shows no still picture')
def test_images_are_those_of_the_camera(av_capture, listener, camera, buffers):
    camera.set(test_pattern=NUMBER[bars], osd_text_mode=2)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        source='opencv', video_device=camera.path, image_width=WIDTH, image_height=HEIGHT,
        framerate=25.0, pixel_format='yuv422_yuy2'))
    images = inbox.wait(10, process)
    check(images[-1], 'yuv422_yuy2')
    check_stamps(images[2:10], buffers.buffers())
    client = ParameterClient(listener, '/camera', process)
    client.change(pixel_format='bgr8')
    check(inbox.wait_until(lambda images: images[-1].encoding == 'bgr8', process, 'bgr8')[-1],
          'bgr8')
    # It has no raw grey, and names its formats.
    client.refuse('bgr8, rgb8, mono8, yuv422_yuy2, uyvy', pixel_format='mono16')


def check(image, encoding):
    """Require the pattern in an image."""
    assert image.encoding == published(encoding)
    off = np.abs(pixels(image).astype(float) - encoded(bars(WIDTH, HEIGHT), encoding))
    assert off.max() <= (TOLERANCE if encoding != 'bgr8' else 6), off.max()

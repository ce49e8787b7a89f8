"""A USB webcam's images arrive byte for byte as it has sent them, and none is missing."""

from harness.deadline import until
from harness.image import pixels
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import pytest
from sensor_msgs.msg import CompressedImage, Image

pytestmark = pytest.mark.virtual('does not tell what it has sent')

WIDTH, HEIGHT = 640, 480
COUNT = 60  # images of each format


def test_images_are_those_that_the_webcam_has_sent(av_capture, listener, webcam):
    compressed = listener.subscribe(CompressedImage, '/camera/image_raw/compressed')
    raw = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        video_device=webcam.by_id, image_width=WIDTH, image_height=HEIGHT, framerate=30.0,
        pixel_format='mjpeg'))
    files = [bytes(message.data) for message in compressed.wait(COUNT, process)]
    check(webcam, files, 'mjpeg')

    client = ParameterClient(listener, '/camera', process)
    # A busy emulated machine takes longer now and then than the 5 s of an answer.
    until(lambda: client.set_atomically({'pixel_format': 'yuv422_yuy2'}).successful,
          'pixel_format yuv422_yuy2', process)

    def unchanged(messages):
        return [m for m in messages if m.encoding == 'yuv422_yuy2']
    images = unchanged(raw.wait_counted(
        COUNT, lambda messages: len(unchanged(messages)), process, f'{COUNT} raw images'))
    check(webcam, [pixels(image).tobytes() for image in images], 'yuyv')
    process.end()
    assert not webcam.record('late'), 'the webcam was not asked for images in time'


def check(webcam, images, pixel_format):
    """Require that images are those that were sent, one after the other."""
    mode = webcam.record('image stream')[-1]
    assert (mode['format'], mode['width'], mode['height']) == (pixel_format, WIDTH, HEIGHT)
    first = webcam.number(images[0])
    sent = [image['number'] for image in webcam.record('image')]
    assert sent[0] <= first
    for number, image in enumerate(images, first):
        assert image == webcam.image(number, mode), (
            f'image {webcam.number(image)} of {len(image)} bytes arrived in place of {number}')

"""A device of V4L2's multi-planar interface, whose sizes are steps and whose rate is fixed."""

from harness.image import published
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import pytest
from rig.picture import checkers, FOURCC, NUMBER
from sensor_msgs.msg import Image

# Each with the bytes of a pixel.
CASES = [('yuv422_yuy2', 322, 182, 2), ('mono8', 326, 186, 1), ('bgr8', 330, 190, 3),
         ('rgb8', 334, 194, 3)]


@pytest.mark.virtual('may be no frame grabber')
def test_bytes_of_a_frame_grabber_are_those_that_v4l2_ctl_reads(
        av_capture, listener, grabber, tmp_path):
    grabber.set(test_pattern=NUMBER[checkers], osd_text_mode=2)
    want = [grabber.grab(FOURCC[encoding], width, height, None, tmp_path / 'image')
            for encoding, width, height, _ in CASES]
    assert [len(data) for data in want] == [
        width * height * size for _, width, height, size in CASES]
    inbox = listener.subscribe(Image, '/camera/image_raw', depth=5)
    process = client = None
    for (encoding, width, height, size), data in zip(CASES, want):
        asked = {'pixel_format': encoding, 'image_width': width, 'image_height': height}
        if client is None:
            process = av_capture(*of_camera(video_device=grabber.path, framerate=60.0, **asked))
            client = ParameterClient(listener, '/camera', process)
        else:
            client.change(**asked)
        form = (published(encoding), width, height)
        images = inbox.wait_until(
            lambda images: sum(of(image) == form for image in images) >= 2, process,
            f'two images of {form}')
        for image in images:
            if of(image) == form:
                assert image.step == size * width
                assert bytes(image.data) == data, f'{form}: other bytes'


def of(image):
    """Return the encoding and the size."""
    return image.encoding, image.width, image.height

"""Images of a V4L2 camera arrive as the driver made them, each once, with the driver's stamp."""

from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameters import camera as of_camera
import numpy as np
import pytest
from rig.clocks import system_ahead
from rig.colour_bars import bars, FOURCC, TOLERANCE
from sensor_msgs.msg import Image

COUNT = 50  # images
SMALL = 320  # [pixels] width

# Two clocks are read one after the other, here and in the node.
STAMP_TOLERANCE = 1_000_000  # [ns]


@pytest.mark.virtual('shows no test pattern, and may not have these sizes')
@pytest.mark.parametrize('encoding, width, height, rate', [
    ('yuv422_yuy2', 320, 180, 30.0),
    ('yuv422_yuy2', 640, 480, 25.0),
    ('bgr8', 320, 180, 25.0),
    ('bgr8', 640, 360, 30.0),
    ('mono8', 320, 180, 30.0),
    ('mono8', 640, 480, 25.0),
])
def test_images_of_a_pattern(
        av_capture, listener, camera, buffers, tmp_path, encoding, width, height, rate):
    raw = camera.grab(FOURCC[encoding], width, height, rate, tmp_path / 'image')
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=width, image_height=height, framerate=rate,
        pixel_format=encoding, frame_id='eye'))
    missing = []
    while width == SMALL and 0 not in missing and len(missing) < 4 or not missing:
        images = inbox.wait(COUNT * (len(missing) + 1), process)[COUNT * len(missing):]
        check_format(images, encoding, width, height)
        check_pattern(images, raw)
        missing.append(check_stamps(images, buffers.buffers(), rate))
    process.end()
    # Of small images not one may be missing, unless a busy machine holds up rclpy for a
    # moment: which it does not do again and again. Large ones may come faster than rclpy
    # takes them in an emulated machine.
    assert min(missing) <= (0 if width == SMALL else COUNT // 2), missing


def check_format(images, encoding, width, height):
    """Require the format that was asked for."""
    assert {(image.encoding, image.width, image.height, image.header.frame_id)
            for image in images} == {(encoding, width, height, 'eye')}


def check_pattern(images, raw):
    """Require of every byte that it is the pattern's, and what another program read."""
    first = images[0]
    picture = bars(first.width, first.height, first.encoding)
    reference = np.frombuffer(raw, np.uint8).reshape(picture.shape)
    np.testing.assert_allclose(reference.astype(float), picture, rtol=0, atol=TOLERANCE)
    for number, image in enumerate(images):
        different = np.argwhere(pixels(image) != reference)
        assert not len(different), (
            f'image {number}: {len(different)} bytes differ, the first at '
            f'(row, column, byte) {different[0]}')


def check_stamps(images, taken, rate):
    """
    Require of every image the stamp that its driver gave it; return how many are missing.

    taken are the buffers that the executable took from the driver. A driver may stamp with
    the end of a period that is not over when it hands out the image: such a stamp is later
    than the image's arrival, which is the better one then.
    """
    ahead = system_ahead()
    stamps = [nanoseconds(image.header.stamp) - ahead for image in images]

    def of_driver(stamp, buffer):
        return (abs(stamp - buffer.stamp) <= STAMP_TOLERANCE or
                buffer.dequeued - STAMP_TOLERANCE <= stamp <= buffer.stamp)

    matching = []
    remaining = iter(taken)
    for number, stamp in enumerate(stamps):
        buffer = next((each for each in remaining if of_driver(stamp, each)), None)
        if buffer is None:
            off = min((stamp - each.stamp for each in taken), key=abs)
            raise AssertionError(f'the stamp of image {number} is off the nearest of the '
                                 f"driver's by {off * 1e-6:.3f} ms")
        matching.append(buffer)
    assert all(b > a for a, b in zip(stamps, stamps[1:]))
    # The driver's own count tells what a busy machine never got out of the driver.
    periods = matching[-1].sequence - matching[0].sequence
    assert abs((matching[-1].stamp - matching[0].stamp) * 1e-9 / periods * rate - 1) < 0.02
    return taken.index(matching[-1]) - taken.index(matching[0]) + 1 - len(stamps)

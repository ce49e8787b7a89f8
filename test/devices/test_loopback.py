"""The rig itself: what is written into a loopback camera is what any program reads from it."""

from harness.deadline import DEADLINE
import pytest
from rig import pixel_format
from rig.motion_jpeg import cut, empty
from rig.tool import Running

pytestmark = pytest.mark.virtual('is a camera, into which nobody writes')

# Of those that the driver gives the true size.
FORMATS = [name for name in pixel_format.FORMATS if name not in ('NV21', 'Y10 ', 'Y12 ')]
COUNT = 3  # images of each


def test_v4l2_ctl_reads_what_was_written(loopbacks, tmp_path):
    camera, _ = loopbacks
    for fourcc in FORMATS:
        width = pixel_format.widths(fourcc, (66, 67))[-1]
        images = [pixel_format.image(fourcc, width, 48, seed) for seed in range(COUNT)]
        assert read(camera, fourcc, width, images, tmp_path / 'images') == b''.join(images)


def test_v4l2_ctl_reads_images_of_any_length(loopbacks, tmp_path):
    camera, _ = loopbacks
    whole = pixel_format.image('GREY', 64, 48, 1)
    # v4l2-ctl does not count what is empty.
    images = [whole, cut(whole), empty(whole), whole[:1], whole]
    assert read(camera, 'MJPG', 64, images, tmp_path / 'images') == b''.join(images)


def read(camera, fourcc, width, images, path):
    """Return the data that v4l2-ctl reads while images are written into the camera."""
    with camera.offer(fourcc, width, 48) as stream:
        reader = Running('v4l2-ctl', '-d', camera.path, '--stream-mmap', f'--stream-to={path}',
                         f'--stream-count={sum(map(bool, images))}')
        try:
            stream.send(*images)
            reader.wait(DEADLINE)
        finally:
            reader.end()
    return path.read_bytes()

"""Each pixel_format, and what is made of the images, against another program's of the camera."""

from harness import derived
from harness.deadline import until
from harness.image import pixels, published
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import numpy as np
import pytest
from rig.picture import checkers, FOURCC, NUMBER
from sensor_msgs.msg import Image

WIDTH, HEIGHT = 320, 180  # of which the transform is fast: nothing is padded
FORMATS = ['yuv422_yuy2', 'uyvy', 'mono8', 'rgb8', 'bgr8']
COUNT = 5  # images of each


@pytest.mark.virtual('shows no test pattern, and may not have these formats')
def test_bytes_are_those_that_v4l2_ctl_reads(av_capture, listener, camera, tmp_path):
    camera.set(test_pattern=NUMBER[checkers], osd_text_mode=2)
    reference = {
        name: np.frombuffer(camera.grab(FOURCC[name], WIDTH, HEIGHT, 30.0, tmp_path / name),
                            np.uint8).reshape(HEIGHT, WIDTH, -1)
        for name in FORMATS}
    raw, planes, spectra = (listener.subscribe(Image, f'/camera/{name}', depth=5)
                            for name in ('image_raw', 'planes', 'spectrum'))
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=WIDTH, image_height=HEIGHT, framerate=30.0,
        pixel_format=FORMATS[0], spectrum_rate=10.0))
    client = ParameterClient(listener, '/camera', process)
    for number, name in enumerate(FORMATS):
        if number:
            # A busy emulated machine takes longer now and then than the 5 s of an answer.
            until(lambda: client.set_atomically({'pixel_format': name}).successful,
                  f'pixel_format {name}', process)
        for image in fresh(raw, process, COUNT, published(name)):
            check(pixels(image), reference[name], name)
        luma = luma_of(reference[name], name)
        if luma is not None:
            check_spectrum(fresh(spectra, process, 2)[-1], luma)
        if name in derived.OFFSETS:
            for image in fresh(planes, process, COUNT):
                check(pixels(image)[:, :, 0], derived.planes(reference[name], name),
                      f'planes of {name}')


def fresh(inbox, process, count, encoding=None):
    """Return so many messages from now on, of an encoding if it is given."""
    before = len(inbox.so_far())

    def wanted(messages):
        return [m for m in messages[before:] if encoding in (None, m.encoding)]
    return wanted(inbox.wait_counted(
        count, lambda messages: len(wanted(messages)), process, f'{count} more {encoding}'))


def luma_of(image, pixel_format):
    """Return the luma that the camera itself gives, None for colours."""
    if pixel_format == 'mono8':
        return image[:, :, 0]
    if pixel_format in derived.OFFSETS:
        return derived.planes(image, pixel_format)[:, :WIDTH]
    return None


def check(got, want, what):
    """Require the same bytes."""
    assert got.shape == want.shape
    different = np.argwhere(got != want)
    assert not len(different), f'{what}: {len(different)} bytes differ, the first at {different[0]}'


def check_spectrum(image, luma):
    """Require the peaks of the checkers, and numpy's transform of the luma."""
    picture = pixels(image)[:, :, 0].astype(int)
    assert picture.shape == luma.shape
    brightest = np.argsort(picture, axis=None)[::-1][:5]
    rows, columns = np.unravel_index(brightest, picture.shape)
    # A period is four pixels, across and down.
    across, down = WIDTH // 4, HEIGHT // 4
    assert {(c - WIDTH // 2, r - HEIGHT // 2) for r, c in zip(rows, columns)} == {
        (0, 0), (across, down), (-across, down), (across, -down), (-across, -down)}
    assert np.abs(picture - derived.spectrum(luma)).max() <= 1

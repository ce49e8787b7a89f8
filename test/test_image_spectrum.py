"""The image's two-dimensional spectrum: what it is, where its peaks are, how often it comes."""

from harness import derived, video
from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera
import numpy as np
import pytest
from sensor_msgs.msg import Image

WIDTH, HEIGHT = 320, 240  # of which the transform is fast: nothing is padded


def grating(across, down, width=WIDTH, height=HEIGHT):
    """Return a grey image of so many periods across and down, height x width x 3."""
    y, x = np.mgrid[:height, :width]
    wave = np.cos(2 * np.pi * (across * x / width + down * y / height))
    grey = np.rint(127.5 + 100 * wave).astype(np.uint8)
    return np.repeat(grey[:, :, np.newaxis], 3, axis=2)


@pytest.mark.parametrize('across, down', [(20, 0), (0, 15), (40, -24)])
def test_peaks_are_where_the_grating_has_them(av_capture, listener, tmp_path, across, down):
    image = grating(across, down)
    film = video.write_images(tmp_path / 'grating.mkv', [image] * 30, 30)
    inbox = listener.subscribe(Image, '/camera/spectrum')
    process = av_capture(*camera(
        source='file', video_device=film, loop=True, spectrum_rate=10.0, frame_id='eye'))
    spectrum = inbox.wait(2, process)[-1]
    assert (spectrum.width, spectrum.height, spectrum.encoding) == (WIDTH, HEIGHT, 'mono8')
    assert spectrum.header.frame_id == 'eye'
    picture = pixels(spectrum)[:, :, 0].astype(int)
    # Zero in the centre is the brightest: the mean; then the grating, twice.
    brightest = np.argsort(picture, axis=None)[::-1][:3]
    rows, columns = np.unravel_index(brightest, picture.shape)
    assert {(c - WIDTH // 2, r - HEIGHT // 2) for r, c in zip(rows, columns)} == {
        (0, 0), (across, down), (-across, -down)}
    assert np.abs(picture - derived.spectrum(image[:, :, 0])).max() <= 1


@pytest.mark.parametrize('pixel_format', ['mono8', 'yuv422_yuy2', 'uyvy'])
def test_spectrum_is_that_of_the_luma(av_capture, listener, pixel_format):
    images = listener.subscribe(Image, '/camera/image_raw')
    inbox = listener.subscribe(Image, '/camera/spectrum')
    process = av_capture(*camera(
        source='synthetic', image_width=320, image_height=240, pixel_format=pixel_format))

    def both(spectra):
        stamps = {nanoseconds(image.header.stamp) for image in images.so_far()}
        return [s for s in spectra if nanoseconds(s.header.stamp) in stamps]
    spectrum = both(inbox.wait_until(both, process, 'a spectrum with its image'))[0]
    image = next(i for i in images.so_far() if i.header.stamp == spectrum.header.stamp)
    luma = pixels(image)[:, :, 1 if pixel_format == 'uyvy' else 0]
    assert np.abs(pixels(spectrum)[:, :, 0] - derived.spectrum(luma)).max() <= 1


def test_rate_is_its_own(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/spectrum')
    process = av_capture(*camera(
        source='synthetic', image_width=320, image_height=240, framerate=50.0, spectrum_rate=5.0))

    def periods(spectra):
        return np.diff([nanoseconds(s.header.stamp) for s in spectra]) * 1e-9
    spectra = inbox.wait_counted(5, lambda all_: np.count_nonzero(np.abs(periods(all_) - 0.2) < 1e-3),
                                 process, 'spectra 200 ms apart')
    # Where a busy machine leaves images out, the one nearest to the end of a period may be half a
    # period early. The next is not due earlier for that: there is never one too many.
    due = 0.2 * np.arange(1, len(spectra))
    assert (np.cumsum(periods(spectra)) - due).min() > -0.101
    ParameterClient(listener, '/camera', process).change(spectrum_rate=25.0)
    inbox.wait_counted(5, lambda all_: np.count_nonzero(np.abs(periods(all_) - 0.04) < 1e-3),
                       process, 'spectra 40 ms apart')
    # More than there are images: each of them.
    ParameterClient(listener, '/camera', process).change(spectrum_rate=1000.0)
    inbox.wait_counted(5, lambda all_: np.count_nonzero(np.abs(periods(all_) - 0.02) < 1e-3),
                       process, 'spectra 20 ms apart')
    assert periods(inbox.so_far()).min() > 0.019

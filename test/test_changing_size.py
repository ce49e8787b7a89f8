"""A stream of JPEG whose images become smaller on the way: all that is made of them follows."""

from diagnostic_msgs.msg import DiagnosticArray
from harness import usb_cam, video
from harness.derived import pairs
from harness.image import pixels
from harness.parameters import camera
from harness.pattern import frame_number
import pytest
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

SIZES = [(640, 480), (320, 240)]
COUNT = 12  # images of each


@pytest.fixture
def stream(tmp_path):
    """Return a file of JPEG images one after the other, of two sizes."""
    path = tmp_path / 'stream.mjpeg'
    with open(path, 'wb') as file:
        for width, height in SIZES:
            part = video.write(tmp_path / f'{width}.mjpeg', width, height, 25.0, COUNT,
                               [*video.MOTION_JPEG, '-f', 'mjpeg'])
            with open(part, 'rb') as content:
                file.write(content.read())
    return path


@pytest.mark.parametrize('source', ['file', 'ffmpeg'])
def test_images_and_camera_info_follow(av_capture, listener, tmp_path, stream, source):
    raw, infos, files, statuses = (listener.subscribe(*topic) for topic in [
        (Image, '/camera/image_raw'), (CameraInfo, '/camera/camera_info'),
        (CompressedImage, '/camera/image_raw/compressed'), (DiagnosticArray, '/diagnostics')])
    process = av_capture(
        *camera(source=source, video_device=stream, loop=True, pixel_format='mjpeg',
                camera_name='test_camera', camera_info_url=usb_cam.PARAMETERS['camera_info_url']),
        environment=usb_cam.package(tmp_path))
    # Through the file three times.
    both = infos.wait_counted(6 * COUNT, lambda messages: len(pairs(raw.so_far(), messages)),
                              process, 'camera_info with images')
    met = set()
    for image, info in pairs(raw.so_far(), both):
        assert (image.width, image.height) == (info.width, info.height)
        assert image.encoding == 'bgr8'
        # The calibration is that of the first size, and never told of the other.
        assert list(info.k) == (usb_cam.K if info.width == 640 else [0.0] * 9)
        assert frame_number(pixels(image), 'bgr8') is not None
        met.add((image.width, image.height))
    assert met == set(SIZES)
    for file, _info in pairs(files.so_far(), both):
        at = bytes(file.data).index(b'\xff\xc0')  # the frame: length, precision, height, width
        height, width = (int.from_bytes(bytes(file.data[at + i:at + i + 2]), 'big') for i in (5, 7))
        assert (width, height) in SIZES
    statuses.wait_until(lambda arrays: {'640x480 jpeg', '320x240 jpeg'} <= {
        pair.value for array in arrays for pair in array.status[0].values if pair.key == 'format'},
        process, 'both sizes in the diagnostics')
    assert len(process.lines('WARN.*have become 320x240, which were 640x480')) == 1
    assert len(process.lines('WARN.*is for images of 640x480, the camera gives 320x240')) == 1
    assert not process.lines('ERROR'), process.text()

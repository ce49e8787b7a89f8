"""A parameter file made for usb_cam starts our camera, and what it cannot have is said."""

from harness import usb_cam
from harness.image import pixels, published
from harness.parameter_client import ParameterClient
from harness.parameters import camera
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, Image

pytestmark = pytest.mark.alone  # no image may be lost: it would be a warning


@pytest.mark.parametrize('key', ['/**', '/camera'])
def test_the_whole_file_starts_the_camera(av_capture, listener, tmp_path, key):
    images = listener.subscribe(Image, '/camera/image_raw')
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = av_capture(
        '--nodes', 'camera', '--ros-args', '--params-file', usb_cam.file(tmp_path, key), '-p',
        'camera:source:=synthetic', environment=usb_cam.package(tmp_path))
    image = images.wait(1, process)[0]
    assert (image.encoding, image.width, image.height) == ('rgb8', 640, 480)
    assert image.header.frame_id == 'camera'
    assert pixels(image).any()
    np.testing.assert_array_equal(infos.wait(1, process)[0].k, usb_cam.K)
    assert ParameterClient(listener, '/camera', process).get('framerate', 'camera_name') == {
        'framerate': 30.0, 'camera_name': 'test_camera'}
    # A value of -1, or off, asks for nothing. This source lacks the others.
    (line,) = process.complaints()
    assert ('no control auto_white_balance, autoexposure, exposure, white_balance: given at '
            'start, without effect') in line


def test_a_camera_that_is_not_there_is_the_only_error(av_capture, tmp_path):
    process = av_capture(
        '--nodes', 'camera', '--ros-args', '--params-file',
        usb_cam.file(tmp_path, video_device=str(tmp_path / 'video2')),
        environment=usb_cam.package(tmp_path))
    process.wait_for_line('ERROR.*video2.*device absent')
    assert len(process.complaints()) == 1, process.text()


def test_what_cannot_be_had_is_warned_of_with_the_reason(av_capture, listener, tmp_path):
    images = listener.subscribe(Image, '/camera/image_raw')
    path = usb_cam.file(tmp_path, io_method='userptr', auto_white_balance=False,
                        autoexposure=False, white_balance=-1, exposure=-1)
    process = av_capture('--nodes', 'camera', '--ros-args', '--params-file', path, '-p',
                         'camera:source:=synthetic')
    images.wait(1, process)
    of_package, of_method = sorted(process.complaints(), key=lambda line: 'io_method' in line)
    assert 'no ROS package "usb_cam"' in of_package
    assert f'"io_method" in {path} has no effect: images are always taken' in of_method


@pytest.mark.parametrize('word, pixel_format', [
    ('yuyv', 'yuv422_yuy2'), ('uyvy', 'uyvy'), ('yuyv2rgb', 'rgb8'), ('uyvy2rgb', 'rgb8'),
    ('m4202rgb', 'rgb8'), ('rgb8', 'rgb8'), ('mono8', 'mono8'), ('y102mono8', 'mono8')])
def test_its_words_for_formats_are_understood(av_capture, listener, word, pixel_format):
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='synthetic', pixel_format=word))
    assert images.wait(1, process)[0].encoding == published(pixel_format)
    assert not process.complaints()

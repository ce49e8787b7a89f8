"""A parameter file made for usb_cam starts the camera as it is."""

from harness import usb_cam
import pytest
from sensor_msgs.msg import CameraInfo, Image


@pytest.mark.virtual('may have other controls')
def test_the_whole_file_starts_the_camera(av_capture, listener, camera, tmp_path):
    camera.set(brightness=100, contrast=66, saturation=55)
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    infos = listener.subscribe(CameraInfo, '/camera/camera_info', depth=5)
    # Another rate than that of the file, which not every kernel's virtual camera has at this size.
    file = usb_cam.file(tmp_path, video_device=camera.path, framerate=10.0)
    process = av_capture(
        '--nodes', 'camera', '--ros-args', '--params-file', file, environment=usb_cam.package(tmp_path))
    image = images.wait(3, process)[2]
    assert (image.encoding, image.width, image.height) == ('rgb8', 640, 480)
    assert image.header.frame_id == 'camera'
    assert list(infos.wait(1, process)[0].k) == usb_cam.K
    # Controls that the file has as -1 are unchanged.
    names = 'brightness', 'contrast', 'saturation'
    assert [camera.get(name) for name in names] == [100, 66, 55]
    process.wait_for_line(
        'WARN.*no control auto_white_balance, autoexposure, exposure, white_balance: given at start')
    said = [line for line in process.lines('WARN|ERROR') if 'images lost' not in line]
    assert len(said) == 1, process.text()

"""camera_info belongs to the camera's images, and a calibration outlives a lost camera."""

import os

from harness.derived import pairs
from harness.parameters import camera as of_camera
from harness.set_camera_info import SetCameraInfo
from rig.judge import BACK
from sensor_msgs.msg import CameraInfo, Image

K = [500.0, 0.0, 160.0, 0.0, 500.0, 90.0, 0.0, 0.0, 1.0]


def test_calibration_is_stored_and_kept(av_capture, listener, camera, tmp_path):
    images = listener.subscribe(Image, '/camera/image_raw', depth=10)
    infos = listener.subscribe(CameraInfo, '/camera/camera_info', depth=10)
    width, height = map(int, os.environ.get('AV_CAPTURE_TEST_SIZE', '320x180').split('x'))
    process = av_capture(
        *of_camera(video_device=camera.path, image_width=width, image_height=height,
                   reconnect_interval=0.2), environment={'ROS_HOME': str(tmp_path)})

    def check_pairs(k):
        """Require that images from some time on have their camera_info, with this matrix."""
        before = len(infos.so_far())

        def since(all_):
            return next((i for i in range(before, len(all_)) if list(all_[i].k) == k), len(all_))
        found = infos.wait_counted(5, lambda all_: len(pairs(images.so_far(), all_[since(all_):])),
                                   process, 'camera_info with images')
        for image, info in pairs(images.so_far(), found[since(found):]):
            assert info.header == image.header
            assert (info.width, info.height) == (image.width, image.height) == (width, height)
            assert list(info.k) == k
    check_pairs([0.0] * 9)
    answer = SetCameraInfo(listener, '/camera', process).set(CameraInfo(
        width=width, height=height, distortion_model='plumb_bob', d=[0.0] * 5, k=K))
    assert answer.success, answer.status_message
    assert (tmp_path / 'camera_info' / 'default_cam.yaml').exists()
    check_pairs(K)
    camera.unplug()
    process.wait_for_line('ERROR.*device lost')
    camera.plug()
    process.wait_for_line(BACK)
    check_pairs(K)

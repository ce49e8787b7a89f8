"""~/camera_info belongs to its image: same stamp, size and frame, whatever is done to it."""

import os

from ament_index_python.packages import get_package_share_directory
from diagnostic_msgs.msg import DiagnosticArray
from harness import video
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera
from harness.set_camera_info import SetCameraInfo
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, Image, RegionOfInterest
import yaml

K = [438.78337, 0.0, 305.59334, 0.0, 437.30288, 243.73835, 0.0, 0.0, 1.0]
D = [-0.361976, 0.11051, 1e-05, 0.000505, 0.0]
R = [0.999978, 0.002789, -0.006046, -0.002816, 0.999986, -0.004401, 0.006034, 0.004417, 0.999972]
P = [393.6538, 0.0, 322.797939, -41.5, 0.0, 393.6538, 241.090902, 0.0, 0.0, 0.0, 1.0, 0.0]

# As camera_calibration writes it: rows in lines, and numbers such as 0. and 1e-05.
FILE = """\
image_width: 640
image_height: 480
camera_name: {name}
camera_matrix:
  rows: 3
  cols: 3
  data: [438.78337,   0.     , 305.59334,
           0.     , 437.30288, 243.73835,
           0.     ,   0.     ,   1.     ]
distortion_model: plumb_bob
distortion_coefficients:
  rows: 1
  cols: 5
  data: [-0.361976, 0.11051, 1e-05, 0.000505, 0.]
rectification_matrix:
  rows: 3
  cols: 3
  data: [ 0.999978,  0.002789, -0.006046,
         -0.002816,  0.999986, -0.004401,
          0.006034,  0.004417,  0.999972]
projection_matrix:
  rows: 3
  cols: 4
  data: [393.6538, 0., 322.797939, -41.5, 0., 393.6538, 241.090902, 0., 0., 0., 1., 0.]
"""


@pytest.fixture
def ros_home(tmp_path):
    """Return a ROS_HOME of the test's own, with the folder of calibrations."""
    home = tmp_path / 'ros home'
    (home / 'camera_info').mkdir(parents=True)
    return home


@pytest.fixture
def start(av_capture, ros_home):
    """Return a function that starts a synthetic camera of 640x480."""
    def start(**parameters):
        return av_capture(
            *camera(**{'source': 'synthetic', 'image_width': 640, 'image_height': 480,
                       **parameters}),
            environment={'ROS_HOME': str(ros_home)})
    return start


def calibrated(width=640, height=480):
    """Return a message with a calibration."""
    return CameraInfo(width=width, height=height, distortion_model='plumb_bob', d=D, k=K, r=R, p=P)


def changed(**fields):
    """Return a message with a calibration in which some fields are others."""
    info = calibrated()
    for name, value in fields.items():
        setattr(info, name, value)
    return info


def check(info, width=640, height=480, model='plumb_bob', d=D, k=K, r=R, p=P):
    """Require a calibration."""
    assert (info.width, info.height, info.distortion_model) == (width, height, model)
    for got, want in (info.d, d), (info.k, k), (info.r, r), (info.p, p):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def check_uncalibrated(info, width, height):
    """Require a size and nothing else."""
    check(info, width, height, '', [], [0.0] * 9, [0.0] * 9, [0.0] * 12)


def newest(inbox, process, condition=lambda info: True):
    """Return the first message from now on for which the condition holds."""
    start = len(inbox.so_far())
    return next(info for info in inbox.wait_until(
        lambda infos: any(map(condition, infos[start:])), process, 'such a camera_info')[start:]
        if condition(info))


def test_every_image_has_its_camera_info(start, listener, ros_home):
    (ros_home / 'camera_info' / 'default_cam.yaml').write_text(FILE.format(name='default_cam'))
    images = listener.subscribe(Image, '/camera/image_raw')
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(frame_id='eye')
    images.wait(20, process)
    infos.wait(20, process)
    process.end()
    stamps = [nanoseconds(image.header.stamp) for image in images.so_far()]
    of_infos = [nanoseconds(info.header.stamp) for info in infos.so_far()]
    both = slice(stamps.index(max(stamps[0], of_infos[0])), None)
    assert stamps[both] == of_infos[of_infos.index(stamps[both][0]):][:len(stamps[both])]
    for info in infos.so_far():
        assert info.header.frame_id == 'eye'
        check(info)
        assert (info.binning_x, info.binning_y, info.roi) == (0, 0, RegionOfInterest())


def test_camera_info_comes_without_anybody_taking_images(start, listener):
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(framerate=30.0)
    stamps = [nanoseconds(info.header.stamp) for info in infos.wait(30, process)]
    periods = np.round(np.diff(stamps) * 30e-9)
    assert (periods >= 1).all()
    np.testing.assert_allclose(np.diff(stamps) * 30e-9, periods, atol=0.05)


@pytest.mark.alone
def test_a_camera_without_calibration_says_so_once(start, listener, ros_home):
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(image_width=320, image_height=240, camera_name='left')
    check_uncalibrated(infos.wait(10, process)[-1], 320, 240)
    (line,) = process.lines('uncalibrated')
    assert 'INFO' in line and f'{ros_home}/camera_info/left.yaml' in line
    assert not process.lines('WARN|ERROR')


def test_another_size_is_warned_of_once_and_never_passed_off_as_calibrated(
        start, listener, tmp_path):
    path = tmp_path / 'camera.yaml'
    path.write_text(FILE.format(name='default_cam'))
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = start(camera_info_url=f'file://{path}', image_width=320, image_height=240)
    check_uncalibrated(infos.wait(30, process)[-1], 320, 240)
    (line,) = process.lines('is for images of')
    assert 'WARN' in line and f'{path} is for images of 640x480, the camera gives 320x240' in line
    statuses.wait_until(
        lambda arrays: any(s.level == b'\x01' and 'uncalibrated' in s.message
                           for a in arrays for s in a.status), process, 'a warning')
    # With the size of the calibration it is there at once.
    ParameterClient(listener, '/camera', process).change(image_width=640, image_height=480)
    check(newest(infos, process, lambda info: info.width == 640))
    statuses.wait_until(
        lambda arrays: any(v.value == str(path) for v in arrays[-1].status[0].values),
        process, 'the calibration in the diagnostics')


@pytest.mark.alone
def test_calibration_of_another_camera_is_warned_of_once(start, listener, ros_home):
    (ros_home / 'camera_info' / 'left.yaml').write_text(FILE.format(name='right'))
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(camera_name='left')
    check(infos.wait(20, process)[-1])
    (line,) = process.lines('WARN')
    assert 'is the calibration of camera "right", and camera_name is "left"' in line


@pytest.mark.alone
def test_a_damaged_file_is_said_and_the_node_goes_on(start, listener, tmp_path):
    path = tmp_path / 'camera.yaml'
    path.write_text(FILE.format(name='default_cam').replace('437.30288', 'four'))
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(camera_info_url=f'file://{path}', allowed_paths=f'[{tmp_path}]')
    check_uncalibrated(infos.wait(5, process)[-1], 640, 480)
    (line,) = process.lines('WARN')
    assert str(path) in line and '"four"' in line
    # Texts that once led to a panic, at run time: in the parser, and after it.
    client = ParameterClient(listener, '/camera', process)
    whole = FILE.format(name='007')
    for name, text, word in (
            ('tag', whole.replace('data: [-0.361976, 0.11051, 1e-05, 0.000505, 0.]', 'data: !x'),
             'distortion_coefficients.data is a text, want a list of numbers'),
            ('deep', '[' * 50000, 'exceeded max depth'),
            ('binning', whole + 'binning_x: 4294967295', 'binning_x is "4294967295", want a whole')):
        (tmp_path / f'{name}.yaml').write_text(text)
        client.refuse('camera_info_url', word, camera_info_url=f'file://{tmp_path}/{name}.yaml')
    # A byte order mark is none of the text, and a name no number.
    (tmp_path / 'marked.yaml').write_text(whole, 'utf-8-sig')
    client.change(camera_info_url=f'file://{tmp_path}/marked.yaml')
    check(newest(infos, process, lambda info: info.k[0] != 0))
    process.wait_for_line('is the calibration of camera "007", and camera_name is "default_cam"')


def test_packages_and_names_in_the_url(av_capture, listener, tmp_path):
    share = tmp_path / 'prefix' / 'share'
    (share / 'ament_index' / 'resource_index' / 'packages').mkdir(parents=True)
    (share / 'ament_index' / 'resource_index' / 'packages' / 'my_robot').touch()
    (share / 'my_robot' / 'config').mkdir(parents=True)
    (share / 'my_robot' / 'config' / 'left.yaml').write_text(FILE.format(name='left'))
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = av_capture(
        *camera(source='synthetic', image_width=640, image_height=480, camera_name='left',
                camera_info_url='package://my_robot/config/${NAME}.yaml'),
        environment={'AMENT_PREFIX_PATH': f'{os.environ["AMENT_PREFIX_PATH"]}:{tmp_path}/prefix'})
    check(infos.wait(3, process)[-1])
    assert get_package_share_directory('av_capture')  # the other packages are still found


def test_parameters_are_changed_at_run_time(start, listener, tmp_path):
    left, right = tmp_path / 'left.yaml', tmp_path / 'right.yaml'
    left.write_text(FILE.format(name='left'))
    right.write_text(FILE.format(name='right').replace('438.78337', '500.0'))
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(camera_name='left', camera_info_url=f'file://{tmp_path}/${{NAME}}.yaml',
                    allowed_paths=f"['{tmp_path}', '/nowhere']")
    check(infos.wait(3, process)[-1])
    client = ParameterClient(listener, '/camera', process)
    client.change(camera_name='right')
    check(newest(infos, process, lambda info: info.k[0] == 500.0), k=[500.0, *K[1:]])
    client.refuse('camera_info_url', 'file:///path', camera_info_url='/left.yaml')
    client.refuse('camera_info_url', 'not within allowed_paths',
                  camera_info_url='package://other/camera.yaml')
    (tmp_path / 'damaged.yaml').write_text('image_width: 640')
    client.refuse('camera_info_url', 'image_height is missing', camera_name='damaged')
    client.refuse('camera_name', camera_name='a/b')
    check(newest(infos, process), k=[500.0, *K[1:]])
    client.change(camera_info_url='file:///nowhere/camera.yaml')  # to be written, perhaps
    check_uncalibrated(newest(infos, process, lambda info: info.k[0] == 0), 640, 480)
    client.change(camera_info_url=f'file://{left}', camera_name='left')
    check(newest(infos, process, lambda info: info.k[0] != 0))


def test_a_bad_url_at_start_is_an_error_that_names_it(start):
    process = start(camera_info_url='/etc/camera.yaml')
    assert process.status() == 1
    assert 'camera_info_url' in process.text() and 'file:///path' in process.text()


def test_what_is_set_is_published_and_stored_for_others_to_read(start, listener, ros_home):
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(camera_name='left')
    check_uncalibrated(infos.wait(1, process)[0], 640, 480)
    answer = SetCameraInfo(listener, '/camera', process).set(calibrated())
    path = ros_home / 'camera_info' / 'left.yaml'
    assert (answer.success, answer.status_message) == (True, f'stored in {path}')
    check(newest(infos, process, lambda info: info.k[0] != 0))
    # PyYAML stands for every other program that reads these files.
    stored = yaml.safe_load(path.read_text())
    assert (stored['image_width'], stored['image_height']) == (640, 480)
    assert (stored['camera_name'], stored['distortion_model']) == ('left', 'plumb_bob')
    for field, rows, columns, data in (
            ('camera_matrix', 3, 3, K), ('distortion_coefficients', 1, 5, D),
            ('rectification_matrix', 3, 3, R), ('projection_matrix', 3, 4, P)):
        assert stored[field] == {'rows': rows, 'cols': columns, 'data': data}
    assert sorted(os.listdir(path.parent)) == ['left.yaml']
    process.end()
    # The next run begins with it.
    process = start(camera_name='left')
    check(newest(infos, process))


def test_what_cannot_be_meant_is_refused(start, listener, ros_home):
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start()
    infos.wait(1, process)
    client = SetCameraInfo(listener, '/camera', process)
    for info, word in (
            (calibrated(320, 240), 'it is for images of 320x240, the camera gives 640x480'),
            (changed(k=[-1.0, *K[1:]]), 'no intrinsic matrix in K'),
            (changed(k=[float('nan'), *K[1:]]), 'K[0] is NaN'),
            (changed(d=[1.0]), 'plumb_bob has 1 coefficients'),
            # Values that could not be read again once they are stored.
            (changed(d=[0.0] * 100000), 'plumb_bob has 100000 coefficients, want one of [4 5]'),
            (changed(binning_x=2**32 - 1), 'want at most the 640x480 pixels'),
            (changed(roi=RegionOfInterest(x_offset=2**31, width=4, height=4)),
             'roi is 4x4 at (2147483648, 0), want it within the image of 640x480'),
            (changed(distortion_model='-\x01'), 'distortion model "-\\x01" is unknown, want one of '
             'equidistant, plumb_bob, rational_polynomial'),
            (changed(p=[*P[:11], float('inf')]), 'P[11] is +Inf'),
            (CameraInfo(d=[0.1] * 5), 'distortion model "" is unknown')):
        answer = client.set(info)
        assert not answer.success and word in answer.status_message, answer.status_message
    check_uncalibrated(newest(infos, process), 640, 480)
    assert not os.listdir(ros_home / 'camera_info')


def test_what_cannot_be_stored_is_in_force_and_said(start, listener, tmp_path):
    (tmp_path / 'file').write_text('no folder')
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(camera_info_url=f'file://{tmp_path}/file/camera.yaml')
    infos.wait(1, process)
    answer = SetCameraInfo(listener, '/camera', process).set(calibrated())
    assert not answer.success
    assert 'not stored' in answer.status_message and 'not a directory' in answer.status_message
    check(newest(infos, process, lambda info: info.k[0] != 0))


def test_the_calibration_follows_the_image(start, listener, ros_home):
    path = ros_home / 'camera_info' / 'default_cam.yaml'
    path.write_text(FILE.format(name='default_cam'))
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = start(flip_horizontal=True)
    mirrored = [K[0], 0, 639 - K[2], 0, K[4], K[5], 0, 0, 1]
    info = infos.wait(1, process)[0]
    np.testing.assert_allclose(info.k, mirrored, atol=1e-9)
    np.testing.assert_allclose(info.d, [D[0], D[1], D[2], -D[3], D[4]])
    client = ParameterClient(listener, '/camera', process)
    client.change(flip_horizontal=False, rotate=90)
    info = newest(infos, process, lambda info: info.width == 480)
    assert info.height == 640
    np.testing.assert_allclose(info.k, [K[4], 0, 479 - K[5], 0, K[0], K[2], 0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(info.d, [D[0], D[1], D[3], -D[2], D[4]])
    # A calibration of turned images is stored for those of the camera.
    assert not SetCameraInfo(listener, '/camera', process).set(calibrated()).success  # 640x480
    answer = SetCameraInfo(listener, '/camera', process).set(info)
    assert answer.success, answer.status_message
    stored = yaml.safe_load(path.read_text())
    assert (stored['image_width'], stored['image_height']) == (640, 480)
    np.testing.assert_allclose(stored['camera_matrix']['data'], K, atol=1e-9)
    np.testing.assert_allclose(stored['distortion_coefficients']['data'], D, atol=1e-15)
    np.testing.assert_allclose(newest(infos, process).k, info.k, atol=1e-9)


def test_a_film_of_another_size_than_asked_for_counts_as_it_is(av_capture, listener, tmp_path):
    path = tmp_path / 'camera.yaml'
    path.write_text(FILE.format(name='default_cam'))
    film = video.write(tmp_path / 'film.mkv', 640, 480, 25.0, 5)
    infos = listener.subscribe(CameraInfo, '/camera/camera_info')
    process = av_capture(*camera(source='file', video_device=film, loop=True, image_width=64,
                                 image_height=48, camera_info_url=f'file://{path}'))
    check(infos.wait(3, process)[-1])

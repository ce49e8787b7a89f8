"""Several cameras and microphones in one process, each a node with a name of its own."""

import re
import subprocess

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from harness import video
from harness.deadline import until
from harness.image import pixels
from harness.parameter_client import ParameterClient
from harness.pattern import frame_number, Pattern
from harness.process import executable
import pytest
from sensor_msgs.msg import CameraInfo, Image

# The README's example, on devices that are nowhere.
TWO_CAMERAS = """
/**/left:
  ros__parameters:
    source: synthetic
    image_width: 320
    image_height: 240
    framerate: 15.0
    frame_id: left_eye
    camera_name: left
/**/right:
  ros__parameters:
    source: synthetic
    image_width: 640
    image_height: 360
    framerate: 30.0
    frame_id: right_eye
    camera_name: right
/**/microphone:
  ros__parameters: {source: synthetic}
"""


@pytest.fixture
def two_cameras(tmp_path):
    """Return the command line of two cameras and a microphone."""
    path = tmp_path / 'two_cameras.yaml'
    path.write_text(TWO_CAMERAS)
    return ['--nodes', 'left=camera,right=camera,microphone', '--ros-args', '--params-file', path]


def unused(process):
    """Return the warnings of what was given in vain."""
    return process.lines('WARN.*has no effect')


def period(images):
    """Return the time from image to image [s]."""
    def time(image):
        return image.header.stamp.sec + image.header.stamp.nanosec * 1e-9
    return (time(images[-1]) - time(images[0])) / (
        frame_number(pixels(images[-1]), 'bgr8') - frame_number(pixels(images[0]), 'bgr8'))


def test_each_camera_has_its_own_parameters_rate_and_size(av_capture, listener, two_cameras):
    left = listener.subscribe(Image, '/left/image_raw')
    right = listener.subscribe(Image, '/right/image_raw')
    infos = listener.subscribe(CameraInfo, '/left/camera_info')
    blocks = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*two_cameras)
    for inbox, size, frame, rate in ((left, (320, 240), 'left_eye', 15),
                                     (right, (640, 360), 'right_eye', 30)):
        images = inbox.wait(20, process)
        assert {(image.width, image.height) for image in images} == {size}
        assert {image.header.frame_id for image in images} == {frame}
        assert period(images) == pytest.approx(1 / rate, rel=0.01)
        pattern = Pattern(*size, 'bgr8')
        for image in images:
            got = pixels(image)
            assert (got == pattern.image(frame_number(got, 'bgr8'))).all()
    assert {info.header.frame_id for info in infos.wait(1, process)} == {'left_eye'}
    blocks.wait(10, process)
    listener.wait_for_nodes(['/left', '/right', '/microphone'], process)
    assert not process.complaints(), process.text()


def test_each_camera_has_its_own_diagnostics(av_capture, listener, two_cameras):
    arrays = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*two_cameras)
    wanted = {'left: capture': '320x240', 'right: capture': '640x360', 'microphone: capture': 'Hz'}

    def told(messages):
        found = {status.name: {value.key: value.value for value in status.values}
                 for message in messages for status in message.status}
        return all(format_ in found.get(name, {}).get('format', '')
                   for name, format_ in wanted.items())
    arrays.wait_until(told, process, f'the state of {list(wanted)}')


def test_one_of_two_cameras_is_renamed_and_remapped(av_capture, listener, two_cameras):
    front = listener.subscribe(Image, '/front/image_raw')
    eye = listener.subscribe(Image, '/eye')
    process = av_capture(
        *two_cameras, '-r', 'left:__node:=front', '-r', 'right:~/image_raw:=/eye',
        '-p', 'front:source:=synthetic', '-p', 'front:frame_id:=nose')
    assert front.wait(1, process)[0].header.frame_id == 'nose'
    assert eye.wait(1, process)[0].header.frame_id == 'right_eye'
    listener.wait_for_nodes(['/front', '/right', '/microphone'], process)


def test_each_node_has_a_frame_of_its_own_by_default(av_capture, listener):
    names = {'left': Image, 'front': Image, 'ear': AudioData}
    topics = {Image: 'image_raw', AudioData: 'audio'}
    inboxes = {name: listener.subscribe(kind, f'/robot/{name}/{topics[kind]}')
               for name, kind in names.items()}
    process = av_capture(
        '--nodes', 'left=camera,right=camera,ear=microphone', '--ros-args',
        '-p', 'source:=synthetic', '-r', '__ns:=/robot', '-r', 'right:__node:=front')
    for name, inbox in inboxes.items():
        assert inbox.wait(1, process)[0].header.frame_id == name
    assert ParameterClient(listener, '/robot/front', process).get('frame_id') == {
        'frame_id': 'front'}


def test_two_cameras_in_a_namespace(av_capture, listener, two_cameras):
    images = listener.subscribe(Image, '/robot/right/image_raw')
    process = av_capture(*two_cameras, '-r', '__ns:=/robot')
    assert images.wait(1, process)[0].header.frame_id == 'right_eye'
    listener.wait_for_nodes(['/robot/left', '/robot/right', '/robot/microphone'], process)


def test_two_microphones(av_capture, listener):
    low = listener.subscribe(AudioData, '/low/audio')
    high = listener.subscribe(AudioData, '/high/audio')
    process = av_capture(
        '--nodes', 'low=microphone,high=microphone', '--ros-args', '-p', 'source:=synthetic',
        '-p', 'low:sample_rate:=8000', '-p', 'low:block_size:=80',
        '-p', 'high:sample_rate:=48000', '-p', 'high:channels:=2')
    for inbox, rate, channels in ((low, 8000, 1), (high, 48000, 2)):
        block = inbox.wait(10, process)[-1]
        assert (block.sample_rate, block.channels, block.lost_frames) == (rate, channels, 0)


def test_two_file_cameras(av_capture, listener, tmp_path):
    inboxes = {}
    parameters = []
    for name, size in (('left', (160, 120)), ('right', (320, 240))):
        path = video.write(tmp_path / f'{name}.mkv', *size, 25, 25)
        inboxes[name, size] = listener.subscribe(Image, f'/{name}/image_raw')
        parameters += ['-p', f'{name}:video_device:={path}']
    process = av_capture(
        '--nodes', 'left=camera,right=camera', '--ros-args', '-p', 'source:=file',
        '-p', 'loop:=true', *parameters)
    for (name, size), inbox in inboxes.items():
        images = inbox.wait(10, process)
        assert {(image.width, image.height) for image in images} == {size}, name


def test_two_processes(av_capture, listener):
    inboxes = [listener.subscribe(Image, f'/{name}/image_raw') for name in ('left', 'right')]
    processes = [av_capture(
        '--nodes', f'{name}=camera', '--ros-args', '-p', 'source:=synthetic',
        '-p', f'frame_id:={name}') for name in ('left', 'right')]
    for inbox, process, name in zip(inboxes, processes, ('left', 'right')):
        assert {image.header.frame_id for image in inbox.wait(5, process)} == {name}
    listener.wait_for_nodes(['/left', '/right'], processes[0])


def test_node_of_the_same_name_is_told_by_both(av_capture, listener):
    arrays = listener.subscribe(DiagnosticArray, '/diagnostics')
    arguments = ['--nodes', 'camera', '--ros-args', '-p', 'source:=synthetic',
                 '-r', '__ns:=/robot']
    first, second = (av_capture(*arguments) for _ in range(2))
    warning = 'WARN.*another node on the graph is called /robot/camera too'
    for process in (first, second):
        assert '-r __node:=' in process.wait_for_line(warning)

    def counted(status):
        return {value.key: value.value for value in status.values}['nodes of the same name']
    arrays.wait_until(lambda messages: any(
        'called /robot/camera too' in message.status[0].message and counted(message.status[0]) == '1'
        and message.status[0].level == DiagnosticStatus.WARN for message in messages),
        first, 'a warning in /diagnostics')
    second.end()
    first.wait_for_line('INFO.*no other node is called /robot/camera any more')
    before = len(arrays.so_far())
    arrays.wait_until(lambda messages: counted(messages[-1].status[0]) == '0'
                      and len(messages) > before, first, 'an end of the warning')
    assert len(first.lines(warning)) == 1, first.text()


def test_key_that_one_camera_does_not_have_is_warned_of_for_that_one(
        av_capture, listener, two_cameras, tmp_path):
    images = listener.subscribe(Image, '/right/image_raw')
    path = tmp_path / 'more.yaml'
    path.write_text("""
left: {ros__parameters: {framrate: 5.0}}
ritgh: {ros__parameters: {framerate: 5.0}}
""")
    process = av_capture(*two_cameras, '--params-file', path, '-p', 'nonsense:=1')
    images.wait(1, process)
    warnings = until(lambda: (unused(process)[2:] and unused(process)),
                     'three warnings', process)
    text = '\n'.join(warnings)
    assert re.search(r'"framrate".*/left has no such parameter; did you mean framerate', text)
    assert re.search(r'nonsense.*no node has such a parameter', text)
    assert len(warnings) == 3, text


@pytest.mark.parametrize('nodes, words', [
    ('camera,camera', ['camera is named twice', 'left=camera,right=camera']),
    ('left=camera,left=microphone', ['left is named twice']),
    ('left=telescope', ['telescope', 'camera or microphone']),
    ('left-eye=camera', ['"left-eye"', 'letters, digits and _']),
    ('left=camera,', ['unknown node ""']),
])
def test_nodes_that_cannot_be_meant_are_refused(av_capture, nodes, words):
    process = av_capture('--nodes', nodes)
    assert process.status() == 1, process.text()
    for word in words:
        assert word in process.text()


def test_two_cameras_remapped_to_one_name_are_refused(av_capture, two_cameras):
    process = av_capture(*two_cameras, '-r', 'right:__node:=left')
    assert process.status() == 1, process.text()
    assert 'two nodes are called /left' in process.text()


def test_two_cameras_with_one_calibration_are_warned_of(av_capture, listener):
    process = av_capture('--nodes', 'left=camera,right=camera', '--ros-args',
                         '-p', 'source:=synthetic')
    listener.wait_for_nodes(['/left', '/right'], process)
    warning = process.wait_for_line(r'WARN.*\[right\]: camera_info: /left has its calibration')
    assert 'default_cam.yaml' in warning and 'camera_name' in warning


@pytest.mark.parametrize('late', ['left', 'right'])
def test_loss_of_one_camera_leaves_the_other_alone(av_capture, listener, late, two_cameras):
    other = {'left': 'right', 'right': 'left'}[late]
    images = listener.subscribe(Image, f'/{other}/image_raw')
    process = av_capture(*two_cameras, '-p', f'{late}:source:=file',
                         '-p', f'{late}:video_device:=/nowhere.mkv')
    process.wait_for_line(rf'ERROR.*\[{late}\].*nowhere')
    images.wait(10, process)
    assert len(process.lines('ERROR')) == 1, process.text()


def test_help_shows_names():
    text = subprocess.run(
        [executable(), '--help'], capture_output=True, text=True, check=True).stdout
    assert 'left=camera,right=camera,microphone' in text

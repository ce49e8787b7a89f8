"""~/set_capture gives the device back and takes it again."""

import itertools
from pathlib import Path

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from harness import video
from harness.deadline import until
from harness.diagnostics import wait_for_text
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import arguments, camera, microphone
from harness.set_capture import SetCapture
import pytest
from sensor_msgs.msg import Image

RATE = 44100  # [Hz]


def test_both_nodes_are_turned_off_and_on_again(av_capture, listener):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(
        *arguments('camera', {'source': 'synthetic', 'image_width': 320, 'image_height': 240}),
        *arguments('microphone', {'source': 'synthetic'}))
    images.wait(5, process)
    sound.wait(5, process)
    of_camera = SetCapture(listener, '/camera', process)
    of_microphone = SetCapture(listener, '/microphone', process)
    for _ in range(3):
        assert of_camera.turn(False) == 'capture is off, the device is free'
        wait_for_text(diagnostics, process, 'camera: capture', DiagnosticStatus.OK, 'capture off')
        # The other one captures, and this one does not. Images on their way have arrived.
        before = len(images.so_far())
        sound.wait(len(sound.so_far()) + 100, process)
        assert len(images.so_far()) == before
        assert of_camera.turn(False) == 'capture is off already'
        assert of_camera.turn(True) == 'capture is on, the device is open'
        images.wait(before + 10, process)
        assert of_camera.turn(True) == 'capture is on already'
        wait_for_text(diagnostics, process, 'camera: capture', DiagnosticStatus.OK, 'capturing')
    of_microphone.turn(False)
    wait_for_text(diagnostics, process, 'microphone: capture', DiagnosticStatus.OK, 'capture off')
    before = len(sound.so_far())
    images.wait(len(images.so_far()) + 30, process)
    assert len(sound.so_far()) == before
    of_microphone.turn(True)
    sound.wait(before + 10, process)
    check_sound(sound.so_far(), {0, 1})
    assert not process.lines('WARN.*microphone|ERROR'), process.text()


def check_sound(blocks, epochs):
    """Require that nothing was lost, and that the index ran on with the clock."""
    assert {block.epoch for block in blocks} == epochs
    assert {block.lost_frames for block in blocks} == {blocks[0].lost_frames}
    for before, block in itertools.pairwise(blocks):
        step = block.first_frame - before.first_frame
        if block.epoch == before.epoch:
            assert step == before.frame_count
            continue
        elapsed = nanoseconds(block.header.stamp) - nanoseconds(before.header.stamp)
        assert step > before.frame_count
        assert abs(step - elapsed * 1e-9 * RATE) < 0.1 * RATE


def test_parameters_changed_while_capture_is_off_apply_afterwards(av_capture, listener):
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='synthetic', image_width=320, image_height=240))
    assert images.wait(5, process)[0].width == 320
    client = ParameterClient(listener, '/camera', process)
    capture = SetCapture(listener, '/camera', process)
    capture.turn(False)
    client.change(image_width=200, frame_id='eye')
    client.refuse('image_height', image_height=0)
    assert client.get('image_width', 'image_height') == {'image_width': 200, 'image_height': 240}
    before = len(images.so_far())
    capture.turn(True)
    late = images.wait(before + 10, process)[before:]
    assert {(image.width, image.height, image.header.frame_id) for image in late} == {
        (200, 240, 'eye')}


def test_a_file_that_went_away_is_taken_when_it_comes(av_capture, listener, tmp_path):
    path = Path(video.write(tmp_path / 'camera.mkv', 320, 240, 25.0, 10))
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='file', video_device=path, loop=True, reconnect_interval=0.1))
    images.wait(5, process)
    capture = SetCapture(listener, '/camera', process)
    capture.turn(False)
    path.rename(tmp_path / 'away.mkv')
    message = capture.turn(True)
    assert 'taken when it comes' in message and 'no such file' in message
    assert 'no such file' in capture.turn(True)
    before = len(images.so_far())
    (tmp_path / 'away.mkv').rename(path)
    images.wait(before + 10, process)


def test_a_file_that_cannot_work_is_told(av_capture, listener, tmp_path):
    path = Path(video.write(tmp_path / 'camera.mkv', 320, 240, 25.0, 10))
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='file', video_device=path, loop=True))
    images.wait(5, process)
    capture = SetCapture(listener, '/camera', process)
    capture.turn(False)
    path.write_text('no film')
    response = capture.ask(True)
    assert not response.success and 'OpenCV finds no video in it' in response.message


def test_the_sound_system_is_left_and_taken_again(av_capture, listener, pulse):
    pulse.add_null_sink('mic', RATE)
    sound = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio', device='mic'),
                         environment=pulse.environment)
    capture = SetCapture(listener, '/microphone', process)
    for count in range(3):
        sound.wait_counted(20, lambda blocks: sum(block.epoch == count for block in blocks),
                           process, f'20 blocks of epoch {count}')
        assert len(pulse.recordings()) == 1
        capture.turn(False)
        until(lambda: not pulse.recordings(), 'the end of the recording stream', process)
        capture.turn(True)
    sound.wait_until(lambda blocks: blocks[-1].epoch == 3, process, 'a block of epoch 3')
    check_sound(sound.so_far(), {0, 1, 2, 3})


@pytest.mark.parametrize('on', [False, True])
def test_a_node_ends_with_capture_off(av_capture, listener, on):
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='synthetic'))
    images.wait(1, process)
    capture = SetCapture(listener, '/camera', process)
    capture.turn(False)
    if on:
        capture.turn(True)
    process.end()

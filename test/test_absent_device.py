"""A device that is not there is said once, and taken when it comes."""

import os

from av_capture.msg import AudioData
from harness import video
from harness.parameters import arguments, camera, microphone
from sensor_msgs.msg import Image

QUICK = 0.1  # [s] the longest pause between two tries, so that many happen meanwhile


def test_absent_camera_is_said_once(av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        *arguments('camera', {'video_device': '/dev/no-such-camera',
                              'reconnect_interval': QUICK}),
        *arguments('microphone', {'source': 'synthetic'}))
    assert 'ERROR' in process.wait_for_line('/dev/no-such-camera')
    # The other node runs, and tells the time: 3 s, in which there are more than 20 tries.
    inbox.wait(len(inbox.so_far()) + 300, process)
    assert len(process.lines('/dev/no-such-camera')) == 1
    listener.wait_for_nodes(['/camera', '/microphone'], process)


def test_camera_is_taken_when_it_comes(av_capture, listener, tmp_path):
    path = tmp_path / 'camera.mkv'
    made = video.write(tmp_path / 'made.mkv', 320, 240, 25.0, 10)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='file', video_device=path, loop=True, reconnect_interval=QUICK))
    process.wait_for_line(str(path))
    listener.wait_for_nodes(['/camera'], process)
    os.rename(made, path)
    assert inbox.wait(20, process)[0].width == 320
    assert len(process.lines('ERROR')) == 1
    assert len(process.lines('capturing again')) == 1


def test_unknown_microphone_is_said_once_with_those_that_are_there(av_capture, listener, pulse):
    pulse.add_null_sink('desk')
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(
        *arguments('camera', {'source': 'synthetic'}),
        *arguments('microphone', {'backend': 'pulseaudio', 'device': 'no such microphone',
                                  'reconnect_interval': QUICK}),
        environment=pulse.environment)
    line = process.wait_for_line('no such microphone')
    assert 'ERROR' in line and 'desk' in line
    inbox.wait(len(inbox.so_far()) + 90, process)
    assert len(process.lines('no such microphone')) == 1
    listener.wait_for_nodes(['/camera', '/microphone'], process)


def test_microphone_is_taken_when_it_comes(av_capture, listener, pulse):
    pulse.add_null_sink('desk')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        *microphone(backend='pulseaudio', device='lapel', reconnect_interval=QUICK),
        environment=pulse.environment)
    process.wait_for_line('lapel')
    assert not inbox.so_far()
    pulse.add_null_sink('lapel')
    blocks = inbox.wait(20, process)
    assert blocks[0].lost_frames == 0
    assert len(process.lines('capturing again')) == 1


def test_ambiguous_name_is_refused_with_the_candidates(av_capture, pulse):
    pulse.add_null_sink('desk_left')
    pulse.add_null_sink('desk_right')
    process = av_capture(*microphone(backend='pulseaudio', device='desk'),
                         environment=pulse.environment)
    process.wait_for_line('desk_left.*desk_right|desk_right.*desk_left')

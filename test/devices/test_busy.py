"""A device that somebody else has: said once, and by whom, and taken when it is free."""

from av_capture.msg import AudioData
from harness.deadline import until
from harness.set_capture import SetCapture
from rig.judge import BACK
from sensor_msgs.msg import Image


def test_same_devices_twice_in_one_process(
        av_capture, listener, camera, sound_card, tmp_path):
    """The second node says which other one has the device, and gets it from that."""
    other_name = tmp_path / 'usb-Acme_Webcam-video-index0'
    other_name.symlink_to(camera.path)
    nodes = {'left': 'image_raw', 'right': 'image_raw', 'low': 'audio', 'high': 'audio'}
    inboxes = {name: listener.subscribe(Image if topic == 'image_raw' else AudioData,
                                        f'/{name}/{topic}') for name, topic in nodes.items()}
    process = av_capture(
        '--nodes', 'left=camera,right=camera,low=microphone,high=microphone', '--ros-args',
        '-p', f'left:video_device:={camera.path}', '-p', f'right:video_device:={other_name}',
        '-p', 'image_width:=320', '-p', 'image_height:=180', '-p', 'reconnect_interval:=0.2',
        '-p', 'backend:=alsa', '-p', f"device:='{sound_card.name}'", '-p', 'block_size:=4410')
    for pair in (('left', 'right'), ('low', 'high')):
        # Whichever was first.
        has = until(lambda: [name for name in pair if inboxes[name].so_far()], f'one of {pair}',
                    process)[0]
        waits = pair[1 - pair.index(has)]
        line = process.wait_for_line(rf'ERROR.*\[{waits}\]')
        assert f'in use by node /{has}: device busy' in line
        SetCapture(listener, f'/{has}', process).turn(False)
        inboxes[waits].wait(3, process)
    assert len(process.lines('ERROR')) == 2, process.text()


def test_devices_are_taken_when_they_are_free(av_capture, listener, camera, sound_card, on_both):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    others = []
    try:
        others.append(camera.hold('YUYV', 640, 480, 25))
        others.append(sound_card.hold())
        until(lambda: not sound_card.is_free, 'the other program captures')
        until(lambda: camera.is_busy, 'the other program streams')
        process = av_capture(*on_both)
        for node, other in zip(('camera', 'microphone'), others):
            line = process.wait_for_line(rf'ERROR.*\[{node}\]')
            assert f'in use by {other.holder}: device busy' in line
        listener.wait_for_nodes(['/camera', '/microphone'], process)
        assert not images.so_far() and not sound.so_far()
    finally:
        for other in others:
            other.end()
    images.wait(10, process)
    blocks = sound.wait(10, process)
    assert len(process.lines('ERROR')) == 2, process.text()
    assert len(process.lines(BACK)) == 2, process.text()
    assert blocks[0].epoch == 0 and blocks[0].lost_frames == 0


def test_camera_of_another_process_and_ffmpeg(av_capture, listener, camera):
    """Whoever reads the camera, by whatever source, is told which process has it."""
    images = listener.subscribe(Image, '/left/image_raw')
    same = ['-p', f'video_device:={camera.path}', '-p', 'image_width:=320', '-p',
            'image_height:=180', '-p', 'reconnect_interval:=0.2']
    first = av_capture('--nodes', 'left=camera', '--ros-args', *same)
    images.wait(3, first)
    second = av_capture('--nodes', 'right=camera', '--ros-args', *same, '-p', 'source:=ffmpeg')
    line = second.wait_for_line('ERROR')
    assert f'in use by av_capture (process {first.pid}): device busy' in line
    others = listener.subscribe(Image, '/right/image_raw')
    first.end()
    others.wait(3, second)

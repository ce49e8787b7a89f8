"""With capture turned off another program can have the device."""

from harness.deadline import until
from harness.parameters import camera as of_camera
from harness.set_capture import SetCapture
from sensor_msgs.msg import Image


def test_another_program_streams_while_capture_is_off(av_capture, listener, camera, tmp_path):
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=320, image_height=180, reconnect_interval=0.2))
    images.wait(5, process)
    capture = SetCapture(listener, '/camera', process)
    assert camera.is_busy
    capture.turn(False)
    assert not camera.is_busy
    assert len(camera.grab('YUYV', 320, 180, 30, tmp_path / 'image')) == 2 * 320 * 180
    before = len(images.so_far())
    assert 'the device is open' in capture.turn(True)
    images.wait(before + 5, process)
    capture.turn(False)
    other = camera.hold('YUYV', 320, 180, 30)
    until(lambda: camera.is_busy, 'the other program streams')
    assert f'in use by {other.holder}' in capture.turn(True)
    other.end()
    before = len(images.so_far())
    images.wait(before + 5, process)
    # An emulated machine may lose an image, and then it is said.
    warnings = [line for line in process.lines('WARN') if 'images lost' not in line]
    assert not warnings, process.text()


def test_quick_toggles_find_the_sound_card_free(av_capture, sound_card, listener, on_sound_card):
    """Also in the middle of its first opening, which takes a while here."""
    process = av_capture('--nodes', 'microphone', *on_sound_card)
    capture = SetCapture(listener, '/microphone', process)
    for _ in range(2):
        assert capture.turn(False) == 'capture is off, the device is free'
        assert sound_card.is_free
        assert capture.turn(True) == 'capture is on, the device is open'
    assert not process.lines('ERROR'), process.text()

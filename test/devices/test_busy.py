"""A device that another program has: said once, with the reason, and taken when it is free."""

from av_capture.msg import AudioData
from harness.deadline import until
from rig.judge import BACK
from sensor_msgs.msg import Image


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
        assert 'busy' in process.wait_for_line(r'ERROR.*camera').lower()
        assert 'busy' in process.wait_for_line(r'ERROR.*microphone').lower()
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

"""The end: status 0, and both devices are free at once."""

from av_capture.msg import AudioData
from sensor_msgs.msg import Image


def test_both_devices_are_free(av_capture, listener, camera, sound_card, on_both):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*on_both)
    images.wait(10, process)
    sound.wait(10, process)
    assert camera.is_busy and not sound_card.is_free
    process.end()
    assert not camera.is_busy and sound_card.is_free

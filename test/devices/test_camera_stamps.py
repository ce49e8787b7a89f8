"""Stamps are the driver's, whatever the camera is, while sound is captured beside."""

from av_capture.msg import AudioData
from rig.driver_stamps import check_stamps
from rig.judge import check_undisturbed
from sensor_msgs.msg import Image


def test_stamps_are_the_drivers(av_capture, listener, buffers, on_both):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*on_both)
    sound.wait(1, process)
    check_stamps(images.wait(len(images.so_far()) + 30, process), buffers.buffers())
    process.end()
    check_undisturbed(sound.so_far())

"""Both devices at once: the driver's stamps, and an end after which both are free at once."""

from av_capture.msg import AudioData
from rig.driver_stamps import check_stamps
from rig.judge import check_undisturbed
from sensor_msgs.msg import Image


def test_stamps_are_the_drivers_and_the_end_frees_both(
        av_capture, listener, camera, buffers, sound_card, on_both):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*on_both)
    sound.wait(10, process)
    check_stamps(images.wait(len(images.so_far()) + 30, process), buffers.buffers())
    assert camera.is_busy and not sound_card.is_free
    process.end()
    assert not camera.is_busy and sound_card.is_free
    check_undisturbed(sound.so_far())

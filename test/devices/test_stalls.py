"""A device that answers and gives nothing."""

from av_capture.msg import AudioData
import pytest
from rig.judge import check_said_once, check_undisturbed
from sensor_msgs.msg import Image


@pytest.mark.virtual('does not stall when it is told to')
def test_camera_that_stalls_comes_back(av_capture, listener, camera, on_both):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*on_both)
    images.wait(10, process)
    sound.wait(1, process)
    camera.set(percentage_of_dropped_buffers=100)
    process.wait_for_line('ERROR.*silent')
    listener.wait_for_nodes(['/camera', '/microphone'], process)
    before = len(images.so_far())
    camera.set(percentage_of_dropped_buffers=0)
    images.wait(before + 10, process)
    check_said_once(process)
    # An end does not wait for the driver either.
    camera.set(percentage_of_dropped_buffers=100)
    process.end()
    check_undisturbed(sound.so_far())

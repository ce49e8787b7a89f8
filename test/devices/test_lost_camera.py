"""A camera that is lost: said once, captured again; the microphone never notices."""

import os

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray
from harness.deadline import until
from harness.parameters import camera as of_camera
import pytest
from rig.judge import BACK, check_growing, check_said_once, check_undisturbed
from sensor_msgs.msg import Image

AGAIN = 20  # unplugs in a row


def unplug(camera):
    """Pull the cable out."""
    camera.unplug()


def plug(camera):
    """Push it in again."""
    camera.plug()


def disconnect(camera):
    """Have the driver pretend that the cable was pulled, until all programs have let go."""
    camera.set(disconnect=1)


def stall(camera):
    """Have the driver give nothing more."""
    camera.set(percentage_of_dropped_buffers=100)


def go_on(camera):
    """Have the driver give images again."""
    camera.set(percentage_of_dropped_buffers=0)


def nothing(camera):
    """Do nothing: it comes back by itself."""


ON_DEMAND = pytest.mark.virtual('does not fail when it is told to')


@pytest.mark.parametrize('lose, give_back, error', [
    (unplug, plug, 'ERROR.*unplugged'),
    pytest.param(disconnect, nothing, 'ERROR.*unplugged', marks=ON_DEMAND),
    pytest.param(stall, go_on, 'ERROR.*silent', marks=ON_DEMAND),
])
def test_camera_comes_back(av_capture, listener, camera, on_both, lose, give_back, error):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*on_both)
    images.wait(10, process)
    sound.wait(1, process)
    lose(camera)
    process.wait_for_line(error)
    if give_back is not nothing:
        # 2 s of sound, in which there are some ten tries.
        sound.wait(len(sound.so_far()) + 20, process)
        assert not process.lines(BACK), process.text()
        listener.wait_for_nodes(['/camera', '/microphone'], process)
    before = len(images.so_far())
    give_back(camera)
    process.wait_for_line(BACK)
    images.wait(before + 10, process)
    check_said_once(process)
    assert len(process.lines(BACK)) == 1, process.text()
    # Nothing is said of controls that are gone with the camera, nor by a library.
    assert not process.lines('not noticed'), process.text()
    assert not [line for line in process.lines('') if not line.startswith('[')], process.text()
    if lose is stall:
        stall(camera)  # an end does not wait for the driver either
    process.end()
    check_growing(images.so_far())
    check_undisturbed(sound.so_far())


def test_camera_that_is_unplugged_again_and_again(av_capture, listener, camera):
    images = listener.subscribe(Image, '/camera/image_raw')
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    width, height = os.environ.get('AV_CAPTURE_TEST_SIZE', '320x180').split('x')
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=width, image_height=height,
        reconnect_interval=0.1))
    descriptors = None
    for number in range(AGAIN):
        images.wait(len(images.so_far()) + 2, process)
        if number == 2:
            descriptors = open_descriptors(process)
        camera.unplug()
        until(lambda: len(process.lines('ERROR.*device lost')) > number, 'the loss', process)
        camera.plug()
        until(lambda: len(process.lines(BACK)) > number, 'the return', process)
    images.wait(len(images.so_far()) + 2, process)
    # It is counted, and nothing is left open.
    until(lambda: open_descriptors(process) <= descriptors, 'no descriptor more', process)
    diagnostics.wait_until(lambda messages: reconnects(messages[-1]) == AGAIN, process,
                           f'{AGAIN} reconnects')
    process.end()
    check_growing(images.so_far())


def open_descriptors(process):
    """Return the number of a process's open files and sockets."""
    return len(os.listdir(f'/proc/{process.pid}/fd'))


def reconnects(array):
    """Return their values in a status."""
    status, = array.status
    return int(next(pair.value for pair in status.values if pair.key == 'reconnects'))

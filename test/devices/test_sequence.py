"""Images that are lost are gaps in the driver's own count, neither more nor less."""

import itertools
import signal
import time

from diagnostic_msgs.msg import DiagnosticArray
from harness.parameters import camera as of_camera
import pytest
from rig.buffer_trace import BufferTrace
from rig.loopback import BUFFERS
from rig.pixel_format import image
from sensor_msgs.msg import Image

WIDTH, HEIGHT = 64, 48
STOPPED = 2.0  # [s] many more images than a program has buffers


def test_what_the_driver_dropped_while_the_process_stood_still_is_counted(
        av_capture, listener, camera, buffers):
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=320, image_height=180))
    images.wait(10, process)
    process.send(signal.SIGSTOP)
    time.sleep(STOPPED)  # this is the case tested
    process.send(signal.SIGCONT)
    images.wait(len(images.so_far()) + 20, process)
    assert check_counted(statuses, buffers, process) > 10
    process.wait_for_line('images lost')


@pytest.fixture
def stream(loopbacks):
    """Return a stream of grey images from the first of the loopbacks."""
    with loopbacks[0].offer('GREY', WIDTH, HEIGHT, 30.0) as offered:
        yield offered


@pytest.fixture
def taken(stream):
    """Return the record of the buffers that programs take from that camera."""
    trace = BufferTrace(stream.camera.minor)
    yield trace
    trace.close()


@pytest.mark.virtual('sends images when it likes')
def test_a_camera_that_slows_down_loses_nothing(av_capture, listener, stream, taken):
    statuses, process = started(av_capture, listener, stream)
    for rate, count in [(30.0, 40), (5.0, 8), (30.0, 10)]:
        stream.rate = rate
        for _ in range(count):
            stream.send(PICTURE)
    stream.show(PICTURE)
    assert check_counted(statuses, taken, process) == 0
    assert not process.lines('images lost'), process.text()


@pytest.mark.virtual('sends images when it likes')
def test_images_that_come_too_fast_are_counted_as_the_driver_does(
        av_capture, listener, stream, taken):
    statuses, process = started(av_capture, listener, stream)
    for _ in range(15):
        for _ in range(4):
            stream.send(PICTURE)
        # Of more images than the driver has buffers a reader that is not quick gets the last.
        process.send(signal.SIGSTOP)
        stream.burst([PICTURE] * (BUFFERS + 2))
        process.send(signal.SIGCONT)
    stream.show(PICTURE)
    assert check_counted(statuses, taken, process) > 0


PICTURE = image('GREY', WIDTH, HEIGHT, 1)


def started(av_capture, listener, stream):
    """Return the diagnostics and the process of a node that reads the stream."""
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*of_camera(
        video_device=stream.camera.path, image_width=WIDTH, image_height=HEIGHT,
        pixel_format='mono8', framerate=30.0))
    stream.wait_for_reader(process)
    return statuses, process


def check_counted(statuses, trace, process):
    """Require that the diagnostics count as the driver does; return how many are lost."""
    settled = len(statuses.so_far())
    told = values(statuses.wait(settled + 2, process)[settled + 1])
    # The driver's count up to the newest image reported.
    taken = trace.buffers()
    sequence = [buffer.sequence for buffer in taken[:int(told['images'])]]
    expected = sum(later - earlier - 1 for earlier, later in itertools.pairwise(sequence)
                   if later > earlier)  # a stream that begins anew counts from 0
    counted = int(told['drops'])
    print(f'lost {expected}, counted {counted}, of {len(taken)}')
    assert counted == expected, process.text()
    return expected


def values(array):
    """Return the key-values of the camera's status."""
    status, = array.status
    return {pair.key: pair.value for pair in status.values}

"""Images come at the rate that was asked for, evenly, and those that are lost are counted."""

from diagnostic_msgs.msg import DiagnosticArray
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import numpy as np
import pytest
from rig.driver_stamps import check_stamps
from sensor_msgs.msg import Image

COUNT = 40  # images


@pytest.mark.virtual('may not have these rates')
def test_rate_is_that_which_was_asked_for(av_capture, listener, camera, buffers):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=320, image_height=180, framerate=30.0,
        pixel_format='mono8'))
    inbox.wait(1, process)
    client = ParameterClient(listener, '/camera', process)
    # The driver's rates for this size are 1, 2, 4, 5, 10, 12.5, 15, 25, 30, 40, 50, 60, and of
    # later kernels more.
    for asked, device, given in [
            (12.5, 12.5, 12.5), (29.97, 30.0, 30.0), (60.0, 60.0, 60.0), (20.0, 25.0, 20.0)]:
        client.change(framerate=asked)
        assert client.get('framerate') == {'framerate': given}
        assert camera.rate() == device
        before = len(inbox.so_far())
        images = inbox.wait(before + COUNT, process)[before:]
        matching, _ = check_stamps(images[2:], buffers.buffers())
        check_even(matching, device, asked)


def check_even(buffers, device, asked):
    """Require that so many of a device's images were taken as were asked for, evenly."""
    sequence = np.array([buffer.sequence for buffer in buffers])
    steps = np.diff(sequence)
    want = device / asked
    # An image that a busy machine took too late leaves a larger step, here and there.
    usual = [int(np.floor(want + 1e-9)), int(np.ceil(want - 1e-9))]
    assert np.isin(steps, usual).mean() > 0.7, list(steps)
    stamp = np.array([buffer.stamp for buffer in buffers], float)
    period = np.polyfit(sequence, stamp, 1)[0]
    print(f'asked for {asked:g}/s of {device:g}/s: by the stamps {1e9 / period:.4f}/s, '
          f'steps {np.bincount(steps).tolist()}')
    regular = steps[np.isin(steps, usual)]
    assert abs(regular.mean() / want - 1) < 0.1, list(steps)


@pytest.mark.virtual('loses no images when it is told to')
def test_lost_images_are_counted(av_capture, listener, camera, buffers):
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=320, image_height=180, pixel_format='mono8'))
    images.wait(30, process)
    camera.set(percentage_of_dropped_buffers=30)
    images.wait(len(images.so_far()) + 60, process)
    camera.set(percentage_of_dropped_buffers=0)
    images.wait(len(images.so_far()) + 30, process)
    process.wait_for_line('images lost')
    settled = len(inbox.so_far())
    told = values(inbox.wait(settled + 2, process)[settled + 1])
    process.end()
    assert told['stamp source'] == 'driver'
    # The driver's count up to the newest image reported.
    taken = buffers.buffers()
    truth = {index + 1: buffer.sequence - taken[0].sequence - index
             for index, buffer in enumerate(taken)}
    expected, counted = truth[int(told['images'])], int(told['drops'])
    print(f'lost {expected}, counted {counted}')
    assert expected > 10
    assert counted == pytest.approx(expected, abs=2)


def values(array):
    """Return the key-values of the camera's status."""
    status, = array.status
    return {pair.key: pair.value for pair in status.values}

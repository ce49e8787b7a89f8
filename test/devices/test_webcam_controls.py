"""A USB webcam's controls, which it has forgotten after a replug, under another number."""

from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import pytest
from rig.arrivals import compare
from rig.camera import Camera
from rig.judge import BACK
from sensor_msgs.msg import CompressedImage

pytestmark = pytest.mark.virtual('does not tell what it was asked')

# The webcam's names and V4L2's, where those of parameters differ.
OWN = {'autoexposure': 'auto_exposure', 'autofocus': 'auto_focus',
       'power_line_frequency': 'power_line'}
V4L2 = {'exposure': 'exposure_time_absolute', 'focus': 'focus_absolute',
        'white_balance': 'white_balance_temperature'}
MANUAL, APERTURE_PRIORITY = 1, 8  # bits of USB Video Class, for the automatic exposure


def test_controls_and_the_link_by_id_outlast_a_replug(av_capture, listener, webcams):
    webcam, other = webcams(0), webcams(None, serial='0002')
    files = listener.subscribe(CompressedImage, '/camera/image_raw/compressed')
    process = av_capture(*of_camera(
        video_device=webcam.by_id, pixel_format='mjpeg', image_width=640, image_height=480,
        reconnect_interval=0.2, brightness=-7, exposure=333, autoexposure=False,
        white_balance=5000))
    files.wait(1, process)
    client = ParameterClient(listener, '/camera', process)
    check_described(client.describe(), Camera(webcam.path).controls())
    check_set(webcam, brightness=-7, autoexposure=MANUAL, exposure=333)
    # A value that the camera sets by itself waits until it no longer does.
    client.refuse('focus is inactive', 'set autofocus to false first', focus=100)
    assert 'white_balance' not in settings(webcam)
    client.change(auto_white_balance=False, autofocus=False, focus=100)
    check_set(webcam, auto_white_balance=0, white_balance=5000, autofocus=0, focus=100)
    client.change(autoexposure=True, contrast=90, gain=40, power_line_frequency=2)
    client.refuse('exposure is inactive', 'set autoexposure to false first', exposure=100)
    check_set(webcam, autoexposure=APERTURE_PRIORITY, contrast=90, gain=40,
              power_line_frequency=2)

    before, link = webcam.path, webcam.by_id
    webcam.unplug()
    process.wait_for_line('ERROR.*unplugged')
    other.plug(1)
    client.change(brightness=9, autoexposure=False)
    arrived = len(files.so_far())
    webcam.plug(2)
    assert webcam.path != before
    assert webcam.by_id == link
    process.wait_for_line(BACK)
    files.wait(arrived + 10, process)
    values = {'brightness': 9, 'contrast': 90, 'gain': 40, 'power_line_frequency': 2,
              'exposure': 333, 'focus': 100, 'white_balance': 5000}
    check_set(webcam, autoexposure=MANUAL, auto_white_balance=0, autofocus=0, **values)
    values |= {'autoexposure': False, 'auto_white_balance': False, 'autofocus': False}
    assert client.get(*values) == values
    process.end()
    compare(webcam, [bytes(message.data) for message in files.so_far()])
    assert not other.record('image stream')


def settings(webcam):
    """Return the values that were set since the webcam was plugged in, by its own names."""
    lines = webcam.record()
    plugged = max(at for at, line in enumerate(lines) if line['kind'] == 'plugged')
    requests = [line for line in lines[plugged:]
                if line['kind'] == 'request' and line['request'] == 'SET_CUR'
                and line['control'] not in ('probe', 'commit')]
    assert all(line['status'] == 0 for line in requests), requests
    return {line['control']: line['value'] for line in requests}


def check_set(webcam, **values):
    """Require that controls have been set."""
    found = settings(webcam)
    values = {OWN.get(name, name): value for name, value in values.items()}
    assert {name: found.get(name) for name in values} == values


def check_described(descriptors, controls):
    """Require the driver's ranges."""
    for name in ('brightness', 'contrast', 'gain', 'exposure', 'focus', 'white_balance'):
        limits, = descriptors[name].integer_range
        _, numbers = controls[V4L2.get(name, name)]
        assert (limits.from_value, limits.to_value, limits.step) == (
            numbers['min'], numbers['max'], numbers['step']), name

"""
Fixtures: a camera and a sound card.

tools/devices.sh runs these tests, in a virtual machine whose drivers are virtual
cameras and sound cards, or on the machine's own devices. Without it there are no
devices and the tests are not collected.
"""

import contextlib
import os

from harness.parameters import arguments
import pytest
from rig import loopback
from rig.buffer_trace import BufferTrace
from rig.camera import Camera, START_OF_EXPOSURE
from rig.sound_card import SoundCard
from rig.system_clock import SystemClock
from rig.tool import run
from rig.webcam import System, Webcam

DEVICES = os.environ.get('AV_CAPTURE_TEST_DEVICES')  # virtual, real or unset

collect_ignore_glob = [] if DEVICES else ['test_*.py']


def pytest_configure(config):
    """Declare the mark of cases that only virtual devices allow."""
    config.addinivalue_line(
        'markers', 'virtual(why): needs a virtual device; why says what a real one cannot do')


def pytest_collection_modifyitems(config, items):
    """Leave out, and say so, what the machine's own devices cannot do."""
    if DEVICES != 'real':
        return
    impossible = [item for item in items if item.get_closest_marker('virtual')]
    config.hook.pytest_deselected(items=impossible)
    items[:] = [item for item in items if item not in impossible]
    for item in impossible:
        print(f'NOT ON REAL DEVICES: {item.nodeid}: {item.get_closest_marker("virtual").args[0]}')


@pytest.fixture
def camera():
    """Return the camera; what a test has done to it is undone."""
    device = Camera(os.environ.get('AV_CAPTURE_TEST_CAMERA', '/dev/video0'))
    if DEVICES == 'virtual':
        # Stamped at the end of a frame, which is its other way, vivid hands images out before
        # the time that it stamps them with.
        device.set(percentage_of_dropped_buffers=0, timestamp_source=START_OF_EXPOSURE)
    yield device
    device.plug()


@pytest.fixture
def buffers(camera):
    """Return the record of the buffers that programs take from the camera."""
    trace = BufferTrace(camera.minor)
    yield trace
    trace.close()


@pytest.fixture
def finally_():
    """Return an ExitStack that is unwound when the executable has ended."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def av_capture(finally_, av_capture):
    """Return the function that starts the executable."""
    return av_capture


@pytest.fixture
def loopbacks(finally_):
    """
    Return two cameras whose images the test writes, there for this test alone.

    A node that goes from one to the other finds what is offered there; one alone cannot offer
    anything else while the node has it.
    """
    cameras = loopback.plug(2)
    finally_.callback(loopback.unplug)
    return cameras


@pytest.fixture
def grabber(finally_):
    """
    Return a frame grabber in the place of the camera: HDMI, of any even size.

    It speaks V4L2's multi-planar interface alone.
    """
    # It scales, and neither crops nor composes: what it has done before limits no size then.
    return other_vivid(finally_, 'input_types=3', 'multiplanar=2', 'ccs_cap_mode=4')


@pytest.fixture
def multiplanar(finally_):
    """Return the camera as a driver has it that speaks V4L2's multi-planar interface alone."""
    return other_vivid(finally_, 'multiplanar=2')


def other_vivid(finally_, *options):
    """Return the virtual camera with other options, until the test's end."""
    run('modprobe', '-r', 'vivid')

    def back():
        run('modprobe', '-r', 'vivid')
        run('modprobe', 'vivid')
    finally_.callback(back)
    run('modprobe', 'vivid', *options)
    return Camera('/dev/video0')


@pytest.fixture
def sound_card():
    """Return the sound card; it is plugged in again after the test."""
    card, device = os.environ.get('AV_CAPTURE_TEST_SOUND', '0,1').split(',')
    device = SoundCard(int(card), int(device))
    yield device
    device.plug()


@pytest.fixture
def system_clock():
    """Return the guest's system clock; it is set right after the test."""
    clock = SystemClock()
    yield clock
    clock.restore()


@pytest.fixture
def on_both(camera, on_sound_card):
    """Return the command line for both nodes on both devices; tries follow each other quickly."""
    width, height = os.environ.get('AV_CAPTURE_TEST_SIZE', '320x180').split('x')
    return [
        *arguments('camera', {'video_device': camera.path, 'image_width': width,
                              'image_height': height, 'reconnect_interval': 0.2}),
        *on_sound_card]


@pytest.fixture
def on_sound_card(sound_card):
    """
    Return the command line of a microphone on the card itself.

    Blocks of 0.1 s, of which the middleware keeps five seconds for a reader that is late: what
    is missing was lost by the node, however busy the machine is.
    """
    return arguments('microphone', {'backend': 'alsa', 'device': f"'{sound_card.name}'",
                                    'block_size': 4410, 'reconnect_interval': 0.2})


@pytest.fixture
def webcams(finally_):
    """
    Return a function that makes a USB webcam with a microphone, plugged into a port.

    Its arguments are the port (0 to 7; None: not plugged in) and the options of Webcam.
    """
    system = System()
    finally_.callback(system.close)

    def make(port=0, **options):
        device = Webcam(**options)
        finally_.callback(device.close)
        if port is not None:
            device.plug(port)
        return device
    return make


@pytest.fixture
def webcam(webcams):
    """Return a USB webcam with a microphone of 48 kHz, one channel."""
    return webcams()

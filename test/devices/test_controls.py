"""Every control of the camera is a parameter, with what the driver says of it."""

from harness.deadline import until
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import pytest
from rcl_interfaces.msg import ParameterEvent, ParameterType
from rig.judge import BACK
from sensor_msgs.msg import Image

VIRTUAL = pytest.mark.virtual('may not have these controls')

# usb_cam's names of those that v4l2-ctl calls otherwise.
USUAL = {'white_balance_automatic': 'auto_white_balance'}


def started(av_capture, listener, camera, **parameters):
    """Return the camera's process, which captures, its images and its parameters."""
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    process = av_capture(*of_camera(
        video_device=camera.path, image_width=320, image_height=180, reconnect_interval=0.2,
        **parameters))
    images.wait(1, process)
    client = ParameterClient(listener, '/camera', process)
    until(lambda: 'brightness' in client.names(), 'the parameter brightness', process)
    return process, images, client


@VIRTUAL
def test_controls_are_parameters(av_capture, listener, camera):
    camera.set(brightness=77, contrast=66, saturation=55, gain_automatic=1)
    events = listener.subscribe(ParameterEvent, '/parameter_events')
    process, images, client = started(
        av_capture, listener, camera, brightness=100, contrast=-1, integer_32_bits='-7',
        gain=50, autofocus=False, focus=-1, exposure=300, brigthness=3)
    # Given values are set; −1 leaves a control alone, and so does no value.
    assert [camera.get(n) for n in ('brightness', 'contrast', 'saturation', 'integer_32_bits')] == [
        100, 66, 55, -7]
    assert client.get('brightness', 'contrast', 'saturation', 'integer_32_bits') == {
        'brightness': 100, 'contrast': 66, 'saturation': 55, 'integer_32_bits': -7}
    assert process.wait_for_line('brigthness.* has no effect.*did you mean brightness')
    assert len(process.lines('no control exposure: given at start')) == 1
    assert len(process.lines('WARN(?!.*images lost)')) == 2, process.text()
    check_described(client.describe(), camera.controls())

    client.change(brightness=120, integer_64_bits=2**40, string='abc', bitmask=0x80002000)
    assert camera.get('brightness') == 120
    assert camera.get('integer_64_bits') == 2**40
    assert camera.get('bitmask') & 0xffffffff == 0x80002000
    assert client.get('string') == {'string': 'abc'}
    refuse(client, 'brightness', '300', '0 to 255', brightness=300)
    refuse(client, 'menu', '77', menu=77)
    client.change(brightness=-1)
    assert client.get('brightness') == {'brightness': 120}
    # All or none: the first of them is set back.
    refuse(client, 'gain is inactive', 'set gain_automatic to false first', contrast=9, gain=9)
    assert camera.get('contrast') == 66
    # The value given at start has an effect as soon as it can have one.
    client.change(gain_automatic=False)
    assert camera.get('gain') == 50
    client.change(gain=51)
    assert camera.get('gain') == 51
    # Another program is noticed.
    before = len(events.so_far())
    camera.set(brightness=33)
    events.wait_until(lambda messages: any(
        p.name == 'brightness' and p.value.integer_value == 33
        for message in messages[before:] for p in message.changed_parameters), process, 'brightness 33')
    assert client.get('brightness') == {'brightness': 33}
    client.change(contrast=10)
    assert camera.get('brightness') == 33
    # The camera ran through all of this.
    images.wait(len(images.so_far()) + 10, process)
    assert len(process.lines('capturing from')) == 1, process.text()
    # Another source has none of them.
    client.change(source='synthetic')
    assert 'brightness' not in client.names()
    events.wait_until(lambda messages: any(
        {'brightness', 'hue'} <= {p.name for p in message.deleted_parameters}
        for message in messages), process, 'brightness and hue among the deleted parameters')
    assert 'not declared' in client.set_atomically({'brightness': 3}).reason
    # The camera has them again. At its first opening nobody may have been subscribed yet.
    before = len(events.so_far())
    client.change(source='v4l2')
    events.wait_until(lambda messages: any(
        {'brightness', 'hue'} <= {p.name for p in message.new_parameters}
        for message in messages[before:]), process, 'brightness and hue among the new parameters')


def refuse(client, *words, **values):
    """Require that a change is refused with these words; the camera sets some by itself."""
    result = client.set_atomically(values)
    assert not result.successful, f'{values} was accepted'
    for word in words:
        assert word in result.reason, f'{word!r} is not in {result.reason!r}'


def check_described(descriptors, controls):
    """Require the driver's own limits of every control."""
    assert len(controls) > 20
    for name, (kind, numbers) in controls.items():
        if kind == 'payload':  # arrays, matrices and structs, which ROS cannot express
            assert name not in descriptors
            continue
        descriptor = descriptors.pop(USUAL.get(name, name))
        if kind in ('int', 'int64'):
            assert descriptor.type == ParameterType.PARAMETER_INTEGER
            limits, = descriptor.integer_range
            assert (limits.from_value, limits.to_value, limits.step) == (
                numbers['min'], numbers['max'], numbers['step']), name
        elif kind in ('menu', 'intmenu'):
            assert descriptor.type == ParameterType.PARAMETER_INTEGER
            limits, = descriptor.integer_range
            assert (limits.from_value, limits.to_value) == (numbers['min'], numbers['max']), name
            assert 'one of' in descriptor.additional_constraints
        elif kind == 'bitmask':
            assert 'bits of' in descriptor.additional_constraints
        elif kind == 'str':
            assert descriptor.type == ParameterType.PARAMETER_STRING
        else:
            assert kind in ('bool', 'button')
            assert descriptor.type == ParameterType.PARAMETER_BOOL
        if kind not in ('str', 'button'):
            assert 'by default' in descriptor.description


@VIRTUAL
def test_controls_are_kept_over_a_reconnect(av_capture, listener, camera):
    camera.set(brightness=77, contrast=66)
    process, images, client = started(av_capture, listener, camera, brightness=100)
    client.change(contrast=11)
    camera.unplug()
    process.wait_for_line('ERROR')
    # Its controls are known, so that they can be set for the time when it is back.
    client.change(saturation=22, contrast=12)
    refuse(client, 'saturation', '0 to 255', saturation=256)
    assert client.get('saturation') == {'saturation': 22}
    before = len(images.so_far())
    camera.plug()
    process.wait_for_line(BACK)
    images.wait(before + 5, process)
    # The driver itself starts anew, with its defaults.
    assert [camera.get(n) for n in ('brightness', 'contrast', 'saturation')] == [100, 12, 22]
    assert client.get('brightness', 'contrast', 'saturation') == {
        'brightness': 100, 'contrast': 12, 'saturation': 22}

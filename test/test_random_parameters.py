"""Whatever is asked of a node's parameters, it lives and its parameters are valid."""

from array import array
import math
import random

from av_capture.msg import AudioData
from harness.parameter_client import ParameterClient, value
import pytest
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rclpy.parameter import parameter_value_to_python
from sensor_msgs.msg import Image

TOPICS = {'camera': (Image, '/camera/image_raw'), 'microphone': (AudioData, '/microphone/audio')}
ORDINARY = {'camera': {'framerate': 30.0}, 'microphone': {'block_size': 441}}
SETS, BATCH, SEED = 10000, 20, 4

INTEGERS = [-2**63, -1, 0, 1, 2, 3, 40, 64, 441, 4096, 2**31, 2**63 - 1]
DOUBLES = [-math.inf, -1.0, 0.0, 5e-324, 0.1, 0.3, 1.0, 30.0, 1e6, 1e308, math.inf, math.nan]
STRINGS = ['', ' ', 'x', 'default', '/dev/null', '/dev/no-such', '0', '-1', 'ä', 'a\nb',
           'x' * 5000]
ANYTHING = [True, False, *INTEGERS, *DOUBLES, *STRINGS, [], [1, 2], [0.5], ['a'], [True], [b'a']]

# Within their ranges, but such that the machine has time for it.
BEARABLE = {'image_width': (64, 1280), 'image_height': (40, 720), 'framerate': (0.1, 60.0),
            'sample_rate': (8000, 48000), 'channels': (1, 4), 'fifo_size': (2, 200000),
            'block_size': (20, 4000), 'spectrum.window_size': (2, 20000)}


def choices(descriptor):
    """Return the words that a descriptor names, if it says one of."""
    text = descriptor.additional_constraints
    if not text.startswith('one of '):
        return []
    return [word.strip().strip('"') for word in
            text.removeprefix('one of ').split(';')[0].split(',')]


def limits(descriptor):
    """Return the range of a descriptor, or None."""
    for ranges in descriptor.integer_range, descriptor.floating_point_range:
        if ranges:
            return ranges[0].from_value, ranges[0].to_value
    return None


def valid(chance, descriptor):
    """Return a value that the table allows."""
    if descriptor.type == ParameterType.PARAMETER_BOOL:
        return chance.random() < 0.5
    if descriptor.type == ParameterType.PARAMETER_STRING:
        return chance.choice(choices(descriptor) or STRINGS[2:])
    if descriptor.type == ParameterType.PARAMETER_STRING_ARRAY:
        return chance.choices(STRINGS[2:], k=chance.randint(1, 3))
    if choices(descriptor):
        return int(chance.choice(choices(descriptor)))
    bounds = BEARABLE.get(descriptor.name) or limits(descriptor)
    if descriptor.type == ParameterType.PARAMETER_INTEGER_ARRAY:
        return [chance.randint(*bounds) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.02:
        bounds = limits(descriptor)
        return chance.choice(bounds)
    if descriptor.type == ParameterType.PARAMETER_INTEGER:
        return chance.randint(*bounds)
    return chance.uniform(*bounds)


def parameter(chance, descriptors):
    """Return a random rcl_interfaces/Parameter: two of three are allowed ones."""
    descriptor = chance.choice(descriptors)
    name, dice = descriptor.name, chance.random()
    if dice < 0.65:
        return Parameter(name=name, value=value(valid(chance, descriptor)))
    if dice < 0.9:
        return Parameter(name=name, value=value(chance.choice(ANYTHING)))
    if dice < 0.95:
        return Parameter(name=name, value=ParameterValue(
            type=chance.randint(0, 255), integer_value=chance.choice(INTEGERS)))
    return Parameter(name=chance.choice(['', '.', name + '.', name[:-1], 'x' * 300]),
                     value=value(chance.choice(ANYTHING)))


def check_valid(client, descriptors):
    """Require that every value is of its type and allowed."""
    values = client.call('get_parameters', names=[d.name for d in descriptors]).values
    assert len(values) == len(descriptors)
    for descriptor, got in zip(descriptors, values):
        assert got.type == descriptor.type, descriptor.name
        python = parameter_value_to_python(got)
        bounds = limits(descriptor)
        if bounds:
            for each in python if isinstance(python, (list, array)) else [python]:
                assert bounds[0] <= each <= bounds[1], (descriptor.name, python)
        words = choices(descriptor)
        if words:
            for each in python if isinstance(python, list) else [python]:
                assert str(each) in words, (descriptor.name, python)


@pytest.mark.parametrize('node', ['camera', 'microphone'])
def test_random_changes_leave_the_node_alive_and_its_parameters_valid(
        av_capture, listener, node):
    chance = random.Random(SEED)
    process = av_capture('--nodes', node, '--ros-args', '-p', 'source:=synthetic', '--')
    client = ParameterClient(listener, '/' + node, process)
    descriptors = list(client.describe().values())
    sets, taken = 0, 0
    while sets < SETS:
        if chance.random() < 0.1:  # together
            wanted = [parameter(chance, descriptors) for _ in range(chance.randint(1, 4))]
            before = client.all()
            result = client.call('set_parameters_atomically', parameters=wanted).result
            assert result.successful or result.reason
            if not result.successful:
                # repr, since a NaN is not equal to itself
                assert repr(client.all()) == repr(before), result.reason
            results = [result]
        else:
            wanted = [parameter(chance, descriptors) for _ in range(BATCH)]
            results = client.call('set_parameters', parameters=wanted).results
            assert len(results) == len(wanted)
            assert all(r.successful or r.reason for r in results)
        sets += len(wanted)
        taken += sum(r.successful for r in results)
        if sets % 10 == 0:
            check_valid(client, descriptors)
    check_valid(client, descriptors)
    assert taken > SETS / 10
    # It still does what it is told.
    inbox = listener.subscribe(*TOPICS[node])
    client.change(source='synthetic', frame_id='end', **ORDINARY[node])
    assert client.get('frame_id', 'source') == {'frame_id': 'end', 'source': 'synthetic'}
    inbox.wait_until(lambda all_: any(m.header.frame_id == 'end' for m in all_), process,
                     'what is captured with the last parameters')

"""Messages of every kind of field between rclpy and the generated bindings."""

import importlib
import random

import pytest
import rclpy
from rclpy.qos import QoSProfile

from canonical import canonical, canonical_float, canonical_integer
from go_program import DEADLINE, GoError
from values import WAYS, fill

MESSAGES = ['Arrays', 'BoundedSequences', 'C', 'CScan', 'Defaults', 'Keywords', 'Nested', 'NewScan', 'Nothing',
            'OnlyConstants', 'RGBImage2D', 'Scalars', 'Scan', 'Sequences']
HALVES = ['Ask_Request', 'Ask_Response', 'Echo_Request', 'Echo_Response', 'Nothing_Request', 'Nothing_Response',
          'Tell_Request', 'Tell_Response']


def message_class(name):
    """Return a class of rclgo_test_msgs."""
    if '/' in name:
        package, _, name = name.rpartition('/')
        return getattr(importlib.import_module(package.replace('/', '.')), name)
    service, _, half = name.partition('_')
    if half:
        return getattr(getattr(importlib.import_module('rclgo_test_msgs.srv'), service), half)
    return getattr(importlib.import_module('rclgo_test_msgs.msg'), name)


class Topic:
    """Both directions of one message type, seen from Python."""

    def __init__(self, node, name):
        self._node = node
        self._received = []
        class_ = message_class(name)
        qos = QoSProfile(depth=10)
        self.publisher = node.create_publisher(class_, f'/to_go/{name}', qos)
        node.create_subscription(class_, f'/from_go/{name}', self._received.append, qos)

    def spin(self):
        """Take what has arrived."""
        rclpy.spin_once(self._node, timeout_sec=0)

    def publish(self, message):
        """Publish as soon as Go listens."""
        end = self._node.get_clock().now().nanoseconds + DEADLINE * 10**9
        while self.publisher.get_subscription_count() == 0:
            assert self._node.get_clock().now().nanoseconds < end, 'Go does not subscribe'
            rclpy.spin_once(self._node, timeout_sec=0.01)
        self.publisher.publish(message)

    def receive(self):
        """Return the next message from Go."""
        end = self._node.get_clock().now().nanoseconds + DEADLINE * 10**9
        while not self._received:
            assert self._node.get_clock().now().nanoseconds < end, 'nothing from Go'
            rclpy.spin_once(self._node, timeout_sec=0.01)
        return self._received.pop(0)


@pytest.fixture(scope='module')
def topic(node):
    """Return the topic of a message type, the same one each time."""
    topics = {}

    def get(name):
        if name not in topics:
            topics[name] = Topic(node, name)
        return topics[name]
    return get


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('name', MESSAGES)
def test_go_receives_what_python_sends_and_sends_it_back(go, topic, name, way):
    message = fill(message_class(name)(), way, random.Random(f'{name} {way}'))
    topic(name).publish(message)
    report = go.report(topic(name).spin)
    assert (report['Report'], report['Type']) == ('received', name)
    assert report['Message'] == canonical(message)
    assert canonical(topic(name).receive()) == canonical(message)


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('name', MESSAGES)
def test_python_receives_what_go_sends(go, topic, name, way):
    # Another seed than above: Go sends values that it has never received.
    want = canonical(fill(message_class(name)(), way, random.Random(f'{way} {name}')))
    sent = go.start('publish', name, want)
    got = topic(name).receive()
    go.answer(sent)
    assert canonical(got) == want


@pytest.mark.parametrize('name', MESSAGES + HALVES + [
    'builtin_interfaces/msg/Time', 'geometry_msgs/msg/Quaternion', 'std_msgs/msg/Header'])
def test_defaults_are_those_of_python(go, name):
    if '/' in name:
        full = name
    else:
        full = f'rclgo_test_msgs/{"srv" if name in HALVES else "msg"}/{name}'
    want = canonical(message_class(name)())
    assert go.do('defaults', full) == want
    # The name without the folder is known as well.
    package, _, name = full.split('/')
    assert go.do('defaults', f'{package}/{name}') == want


@pytest.mark.parametrize('name', ['OnlyConstants', 'Echo_Request', 'Echo_Response'])
def test_constants_are_those_of_python(go, name):
    class_ = message_class(name)
    want = {k: v for k, v in type(class_).__prepare__(name, ()).items() if not k.endswith('__DEFAULT')}
    got = go.do('constants', name)
    for constant, value in want.items():
        if isinstance(value, float):
            want[constant] = canonical_float(value, 4 * len(got.get(constant, '0' * 16)))
        elif not isinstance(value, (bool, str)):
            want[constant] = canonical_integer(value)
    assert got == want


def test_large_message_goes_both_ways(go, topic):
    rng = random.Random(1)
    message = message_class('Sequences')()
    message.uint8_sequence = rng.randbytes(6_000_000)
    message.string_sequence = ['😀' * 100_000]
    topic('Sequences').publish(message)
    assert go.report(topic('Sequences').spin)['Message'] == canonical(message)
    assert canonical(topic('Sequences').receive()) == canonical(message)


def test_sequence_beyond_its_bound_is_refused_by_publish(go):
    message = canonical(message_class('BoundedSequences')())
    message['Int32Sequence'] = [1, 2, 3, 4, 5, 6]
    with pytest.raises(GoError):
        go.do('publish', 'BoundedSequences', message)


@pytest.mark.parametrize('field,text', [('BoundedStringValue', 'eleven char'), ('BoundedWstringValue', 'elf Zeichen')])
def test_string_beyond_its_bound_is_sent_all_the_same(go, topic, field, text):
    message = canonical(message_class('Scalars')())
    message[field] = text
    sent = go.start('publish', 'Scalars', message)
    got = topic('Scalars').receive()
    go.answer(sent)
    assert canonical(got) == message


def test_string_ends_at_its_first_zero(go, topic):
    message = canonical(message_class('Scalars')())
    message['StringValue'] = message['WstringValue'] = 'before\0after'
    sent = go.start('publish', 'Scalars', message)
    got = topic('Scalars').receive()
    go.answer(sent)
    assert got.string_value == 'before'
    assert got.wstring_value == 'before\0after'

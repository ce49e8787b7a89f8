"""Events of Go's publishers and subscriptions, caused by rclpy's, and their QoS both ways."""

import itertools
import json

import pytest
import rclpy
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

from processes import Process, wait_for

TOPICS = (f'/events_{n}' for n in itertools.count())
SECOND = 10**9
# Go's numbers.
BEST_EFFORT, MANUAL_BY_TOPIC = 2, 3


@pytest.fixture
def topic():
    return next(TOPICS)


def nothing():
    from rclgo_test_msgs.msg import Nothing
    return Nothing


class Side:
    """Go's side of a topic."""

    def __init__(self, program, node, side, topic, **qos):
        self.process = Process(program, side, topic, json.dumps(qos))
        self._node = node
        self.event('ready')

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.__exit__(*exception)

    def event(self, name, wanted=lambda status: True):
        """Return the next status of an event that wanted(status) holds for."""
        def right(line):
            report = json.loads(line)
            assert report['Report'] != 'failed', report
            return report['Report'] == name and wanted(report['Message'])
        line = self.process.line(right, lambda: rclpy.spin_once(self._node, timeout_sec=0.01))
        return json.loads(line)['Message']


@pytest.fixture
def publisher(events, node, topic):
    """Return a function that starts Go's publisher of the topic."""
    return lambda **qos: Side(events, node, 'publisher', topic, **qos)


@pytest.fixture
def subscription(events, node, topic):
    """Return a function that starts Go's subscription to the topic."""
    return lambda **qos: Side(events, node, 'subscription', topic, **qos)


def matched(total, change, now, now_change):
    return {'TotalCount': total, 'TotalCountChange': change, 'CurrentCount': now, 'CurrentCountChange': now_change}


def test_publisher_is_told_of_subscriptions_that_come_and_go(node, topic, publisher):
    with publisher() as go:
        peer = node.create_subscription(nothing(), topic, lambda _: None, 10)
        assert go.event('matched') == matched(1, 1, 1, 1)
        node.destroy_subscription(peer)
        assert go.event('matched') == matched(1, 0, 0, -1)


def test_subscription_is_told_of_publishers_that_come_and_go(node, topic, subscription):
    with subscription() as go:
        peer = node.create_publisher(nothing(), topic, 10)
        assert go.event('matched') == matched(1, 1, 1, 1)
        node.destroy_publisher(peer)
        assert go.event('matched') == matched(1, 0, 0, -1)


@pytest.mark.parametrize('policy, offered, asked', [
    ('reliability', {'Reliability': BEST_EFFORT}, {'reliability': ReliabilityPolicy.RELIABLE}),
    ('durability', {}, {'durability': DurabilityPolicy.TRANSIENT_LOCAL}),
    ('deadline', {'Deadline': 2 * SECOND}, {'deadline': Duration(seconds=1)}),
    ('liveliness', {}, {'liveliness': LivelinessPolicy.MANUAL_BY_TOPIC}),
])
def test_publisher_is_told_of_subscriptions_that_ask_for_more(node, topic, publisher, policy, offered, asked):
    with publisher(**offered) as go:
        peer = node.create_subscription(nothing(), topic, lambda _: None, QoSProfile(depth=10, **asked))
        assert go.event('incompatible') == {'TotalCount': 1, 'TotalCountChange': 1, 'LastPolicy': policy}
        node.destroy_subscription(peer)


def test_subscription_is_told_of_publishers_that_offer_less(node, topic, subscription):
    with subscription() as go:
        peer = node.create_publisher(nothing(), topic, QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT))
        assert go.event('incompatible') == {'TotalCount': 1, 'TotalCountChange': 1, 'LastPolicy': 'reliability'}
        node.destroy_publisher(peer)


def test_publisher_is_told_of_its_missed_deadlines(node, topic, publisher):
    with publisher(Deadline=SECOND // 10) as go:
        qos = QoSProfile(depth=10, deadline=Duration(seconds=1))
        peer = node.create_subscription(nothing(), topic, lambda _: None, qos)
        go.event('matched')
        go.process.send('publish')
        assert go.event('deadline')['TotalCountChange'] > 0
        assert go.event('deadline')['TotalCount'] > 1
        node.destroy_subscription(peer)


def test_subscription_is_told_of_missed_deadlines(node, topic, subscription):
    with subscription(Deadline=SECOND // 5) as go:
        peer = node.create_publisher(nothing(), topic, QoSProfile(depth=10, deadline=Duration(seconds=0.1)))
        go.event('matched')
        peer.publish(nothing()())
        assert go.event('deadline')['TotalCountChange'] > 0
        node.destroy_publisher(peer)


MANUAL = QoSProfile(depth=10, liveliness=LivelinessPolicy.MANUAL_BY_TOPIC,
                    liveliness_lease_duration=Duration(seconds=0.2))


def test_publisher_is_told_when_it_was_not_alive_in_time(node, topic, publisher):
    with publisher(Liveliness=MANUAL_BY_TOPIC, LivelinessLeaseDuration=SECOND // 5) as go:
        peer = node.create_subscription(nothing(), topic, lambda _: None, MANUAL)
        go.event('matched')
        go.process.send('publish')
        assert go.event('liveliness')['TotalCountChange'] > 0
        node.destroy_subscription(peer)


def test_subscription_is_told_which_publishers_are_alive(node, topic, subscription):
    with subscription(Liveliness=MANUAL_BY_TOPIC, LivelinessLeaseDuration=SECOND // 5) as go:
        peer = node.create_publisher(nothing(), topic, MANUAL)
        wait_for(lambda: peer.get_subscription_count() == 1, 'a match')
        peer.publish(nothing()())
        go.event('liveliness', lambda s: (s['AliveCount'], s['NotAliveCount']) == (1, 0))
        go.event('liveliness', lambda s: (s['AliveCount'], s['NotAliveCount']) == (0, 1))
        peer.assert_liveliness()
        go.event('liveliness', lambda s: (s['AliveCount'], s['NotAliveCount']) == (1, 0))
        node.destroy_publisher(peer)

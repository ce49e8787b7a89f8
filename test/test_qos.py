"""Quality of service is overridden by the parameters that rclcpp's nodes declare."""

from av_capture.msg import AudioData, Spectrum
from harness.deadline import until
from harness.listener import Inbox
from harness.parameters import arguments, camera, microphone
import pytest
from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, HistoryPolicy, LivelinessPolicy, QoSProfile
from rclpy.qos import ReliabilityPolicy
from sensor_msgs.msg import Image


def override(topic, policy, value, node='camera'):
    """Return the arguments that override a policy of a publisher."""
    return arguments(node, {f'qos_overrides.{topic}.publisher.{policy}': value})


def publisher(listener, topic, process):
    """Return the profile of the topic's only publisher."""
    found, = until(lambda: listener.node.get_publishers_info_by_topic(topic),
                   f'the publisher of {topic}', process)
    return found.qos_profile


def subscribe(listener, message_type, topic, **policies):
    """Return the inbox of a subscription with these policies."""
    inbox = Inbox()
    profile = QoSProfile(depth=10, **policies)
    listener.node.create_subscription(message_type, topic, inbox.put, profile)
    return inbox


@pytest.mark.parametrize('node, topic', [
    ('camera', '/camera/image_raw'), ('microphone', '/microphone/audio'),
    ('microphone', '/microphone/spectrum')])
def test_defaults_are_reliable_and_volatile(av_capture, listener, node, topic):
    process = av_capture('--nodes', node, *arguments(node, {'source': 'synthetic'}))
    profile = publisher(listener, topic, process)
    assert profile.reliability == ReliabilityPolicy.RELIABLE
    assert profile.durability == DurabilityPolicy.VOLATILE


@pytest.mark.parametrize('node, topic, message_type', [
    ('camera', '/camera/image_raw', Image), ('microphone', '/microphone/audio', AudioData),
    ('microphone', '/microphone/spectrum', Spectrum)])
def test_best_effort_and_transient_local_are_obeyed(
        av_capture, listener, node, topic, message_type):
    inbox = subscribe(listener, message_type, topic, reliability=ReliabilityPolicy.BEST_EFFORT,
                      durability=DurabilityPolicy.TRANSIENT_LOCAL)
    process = av_capture(
        '--nodes', node, *arguments(node, {'source': 'synthetic'}),
        *override(topic, 'reliability', 'best_effort', node),
        *override(topic, 'durability', 'transient_local', node))
    profile = publisher(listener, topic, process)
    assert profile.reliability == ReliabilityPolicy.BEST_EFFORT
    assert profile.durability == DurabilityPolicy.TRANSIENT_LOCAL
    inbox.wait(2, process)


@pytest.mark.alone
def test_overrides_in_a_file_as_rclcpp_reads_them(av_capture, listener, tmp_path):
    path = tmp_path / 'parameters.yaml'
    path.write_text("""
/**/microphone:
  ros__parameters:
    source: synthetic
    qos_overrides:
      /microphone/audio:
        publisher:
          reliability: best_effort
          history: keep_last
          depth: 7
      /parameter_events:
        publisher: {depth: 1000}
""")
    process = av_capture('--nodes', 'microphone', '--ros-args', '--params-file', path)
    assert (publisher(listener, '/microphone/audio', process).reliability
            == ReliabilityPolicy.BEST_EFFORT)
    process.end()
    assert not process.lines('WARN'), process.text()


def test_the_last_image_waits_for_a_late_subscriber(av_capture, listener, tmp_path):
    # A file of few images that are all published before anybody subscribes.
    import subprocess
    path = tmp_path / 'short.avi'
    subprocess.run(['ffmpeg', '-loglevel', 'error', '-f', 'lavfi', '-i',
                    'testsrc=size=64x48:rate=30', '-frames:v', '10', '-c:v', 'mjpeg', path],
                   check=True)
    process = av_capture(
        *camera(source='file', video_device=path),
        *override('/camera/image_raw', 'durability', 'transient_local'),
        *override('/camera/image_raw', 'depth', 3))
    process.wait_for_line('set loop')
    inbox = subscribe(listener, Image, '/camera/image_raw',
                      reliability=ReliabilityPolicy.RELIABLE,
                      durability=DurabilityPolicy.TRANSIENT_LOCAL,
                      history=HistoryPolicy.KEEP_LAST)
    inbox.wait(3, process)
    assert len(inbox.so_far()) == 3  # the depth


def test_overrides_go_by_the_name_after_remapping(av_capture, listener):
    process = av_capture(
        *camera(source='synthetic'), *override('/eye', 'reliability', 'best_effort'),
        '--ros-args', '-r', 'camera:~/image_raw:=/eye')
    assert publisher(listener, '/eye', process).reliability == ReliabilityPolicy.BEST_EFFORT


def test_override_for_an_unknown_topic_is_a_warning_with_the_right_name(av_capture):
    process = av_capture(*camera(source='synthetic'),
                         *override('/camera/image', 'reliability', 'best_effort'))
    line = process.wait_for_line('WARN.*qos_overrides')
    assert 'qos_overrides./camera/image_raw.publisher.reliability' in line


@pytest.mark.parametrize('policy, value, words', [
    ('reliability', 'reliabel', ['"reliabel"', 'one of', '"best_effort"', '"reliable"']),
    ('durability', 'latched', ['"latched"', '"transient_local"']),
    ('history', 'keep_first', ['"keep_first"', '"keep_all"']),
    ('depth', -1, ['-1', '0 to']),
    ('depth', 'many', ['"many"', 'integer']),
    ('deadline', -1, ['-1', 'at least 0']),
])
def test_bad_override_is_a_configuration_error(av_capture, policy, value, words):
    process = av_capture(*camera(source='synthetic'),
                         *override('/camera/image_raw', policy, value))
    assert process.status() == 1
    for word in [f'qos_overrides./camera/image_raw.publisher.{policy}', '/camera', *words]:
        assert word in process.text()


def test_subscriber_that_asks_for_too_much_is_named_once_with_the_cure(av_capture, listener):
    process = av_capture(*camera(source='synthetic'))
    good = listener.subscribe(Image, '/camera/image_raw', depth=5)
    subscribe(listener, Image, '/camera/image_raw',
              durability=DurabilityPolicy.TRANSIENT_LOCAL)
    line = process.wait_for_line('WARN.*asks for')
    for words in ['/camera/image_raw', '/listener', 'transient_local', 'we publish volatile',
                  'set qos_overrides./camera/image_raw.publisher.durability to transient_local']:
        assert words in line, line
    # Several checks later it has been said once.
    good.wait(100, process)
    assert len(process.lines('asks for')) == 1, process.text()


def test_reliable_subscriber_of_a_best_effort_publisher_is_told(av_capture, listener):
    process = av_capture(*microphone(source='synthetic'),
                         *override('/microphone/audio', 'reliability', 'best_effort',
                                   'microphone'))
    listener.subscribe(AudioData, '/microphone/audio')
    line = process.wait_for_line('WARN.*asks for')
    assert 'asks for reliability reliable, we publish best_effort' in line
    assert 'qos_overrides./microphone/audio.publisher.reliability' in line


def test_each_policy_that_does_not_fit_is_told(av_capture, listener):
    process = av_capture(*camera(source='synthetic'),
                         *override('/camera/image_raw', 'reliability', 'best_effort'))
    subscribe(listener, Image, '/camera/image_raw',
              reliability=ReliabilityPolicy.RELIABLE,
              durability=DurabilityPolicy.TRANSIENT_LOCAL,
              deadline=Duration(nanoseconds=50_000_000))
    for policy, asked, published in [
            ('reliability', 'reliable', 'best_effort'),
            ('durability', 'transient_local', 'volatile'),
            ('deadline', '50000000', 'without one')]:
        line = process.wait_for_line(f'WARN.*asks for {policy}')
        assert f'/listener asks for {policy} {asked}, we publish {published}' in line
        assert f'set qos_overrides./camera/image_raw.publisher.{policy} to {asked}' in line


def test_subscriber_that_asks_for_liveliness_is_told_what_to_ask_for(av_capture, listener):
    # rclcpp has no override for it, so that the subscriber has to change.
    process = av_capture(*camera(source='synthetic'))
    subscribe(listener, Image, '/camera/image_raw',
              liveliness=LivelinessPolicy.MANUAL_BY_TOPIC)
    line = process.wait_for_line('WARN.*asks for liveliness')
    assert '/listener asks for liveliness manual_by_topic, we publish automatic' in line
    assert 'let the subscriber ask for automatic' in line
    assert 'qos_overrides' not in line


def test_missed_deadline_is_told_once(av_capture, listener):
    good = listener.subscribe(Image, '/camera/image_raw', depth=5)
    process = av_capture(*camera(source='synthetic', framerate=10.0),
                         *override('/camera/image_raw', 'deadline', 20_000_000))
    line = process.wait_for_line('WARN.*deadline')
    assert '20ms' in line
    assert 'qos_overrides./camera/image_raw.publisher.deadline' in line
    good.wait(40, process)
    assert len(process.lines('deadline of')) == 1, process.text()

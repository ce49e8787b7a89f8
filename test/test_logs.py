"""Logs go where ROS's go, at the level and in the format that ROS's options ask for."""

from harness.deadline import until
from harness.listener import Inbox
from harness.parameters import arguments, camera
from rcl_interfaces.msg import Log
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image

LEVELS = {'INFO': 20, 'ERROR': 40}  # rcl_interfaces/msg/Log, whose constants rclpy has as bytes
SYNTHETIC = ['--ros-args', '-p', 'source:=synthetic', '--']


def listen_to_rosout(listener):
    """Return the inbox of /rosout, with what was logged before."""
    inbox = Inbox()
    listener.node.create_subscription(
        Log, '/rosout', inbox.put,
        QoSProfile(depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL))
    return inbox


def test_rosout_carries_the_logs_of_both_nodes(av_capture, listener):
    inbox = listen_to_rosout(listener)
    process = av_capture(*SYNTHETIC)
    for name, level in [('camera', 'INFO'), ('microphone', 'INFO')]:
        line = process.wait_for_line(rf'\[{level}\] \[[0-9.]+\] \[{name}\]: capturing from')
        logs = inbox.wait_until(
            lambda logs: any(log.name == name and 'capturing' in log.msg for log in logs),
            process, f'a log of {name}')
        log, = [log for log in logs if log.name == name and 'capturing' in log.msg]
        assert line.endswith(log.msg)
        assert log.level == LEVELS[level]
        # Where in the source the line was written.
        assert log.file.endswith('.go') and log.function and log.line > 0


def test_errors_reach_rosout_with_their_level(av_capture, listener):
    inbox = listen_to_rosout(listener)
    process = av_capture(*camera(video_device='/dev/no-such-camera'))
    logs = inbox.wait_until(
        lambda logs: any('no-such-camera' in log.msg for log in logs), process, 'the error')
    log, = [log for log in logs if 'no-such-camera' in log.msg]
    assert log.level == LEVELS['ERROR']


def test_rosout_can_be_disabled(av_capture, listener):
    process = av_capture(*SYNTHETIC, '--ros-args', '--disable-rosout-logs')
    listener.wait_for_topics(['/camera/image_raw', '/microphone/audio'], process)
    own = listener.node.count_publishers('/rosout')
    assert own == 1, 'only the listener itself publishes to /rosout'
    process.wait_for_line('capturing from')  # standard error still has them


def test_log_level_of_all(av_capture, listener):
    process = av_capture(*SYNTHETIC, '--ros-args', '--log-level', 'debug')
    process.wait_for_line(r'\[DEBUG\] \[[0-9.]+\] \[camera\]')
    process.wait_for_line(r'\[DEBUG\] \[[0-9.]+\] \[microphone\]')
    process.wait_for_line(r'\[DEBUG\] \[[0-9.]+\] \[rcl\]')


def test_log_level_of_one_node(av_capture, listener):
    process = av_capture(*SYNTHETIC, '--ros-args', '--log-level', 'camera:=debug')
    process.wait_for_line(r'\[DEBUG\] \[[0-9.]+\] \[camera\]')
    process.wait_for_line(r'\[INFO\] \[[0-9.]+\] \[microphone\]: capturing')
    process.end()
    assert not process.lines(r'\[DEBUG\] \[[0-9.]+\] \[(?!camera)')


def test_level_above_the_line_silences_it(av_capture, listener):
    process = av_capture(*SYNTHETIC, '--ros-args', '--log-level', 'warn',
                         '--log-level', 'microphone:=info')
    process.wait_for_line(r'\[microphone\]: capturing')
    listener.wait_for_topics(['/camera/image_raw'], process)
    process.end()
    assert not process.lines(r'INFO.*\[camera\]')


def test_console_format_is_the_environments(av_capture):
    process = av_capture(*SYNTHETIC, environment={
        'RCUTILS_CONSOLE_OUTPUT_FORMAT':
            '<{severity}|{name}|{message}|{function_name}|{file_name}|{line_number}>'})
    line = process.wait_for_line(r'^<INFO\|camera\|capturing from')
    message, function, file, number = line[1:-1].split('|')[2:]
    assert function and file.endswith('.go') and int(number) > 0


def test_logs_are_on_standard_error_alone(av_capture):
    process = av_capture(*SYNTHETIC)
    process.wait_for_line(r'\[camera\]: capturing')
    process.wait_for_line(r'\[microphone\]: capturing')
    process.end()
    assert process.errors() == process.lines()


def test_no_line_for_an_image_or_a_block(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw', depth=5)
    process = av_capture(
        *arguments('camera', {'source': 'synthetic', 'framerate': 100.0,
                              'image_width': 64, 'image_height': 48}),
        *arguments('microphone', {'source': 'synthetic'}),
        '--ros-args', '--log-level', 'camera:=debug', '--log-level', 'microphone:=debug')
    inbox.wait(20, process)
    until(lambda: process.lines(r'\[microphone\]: capturing'), 'both capture', process)
    before = len(process.lines())
    inbox.wait(520, process)  # and about as many blocks
    # What a busy machine lost is told once a second, never one by one.
    assert len(process.lines()) - before <= 2 * 20, process.text()
    assert len([line for line in process.lines()[before:] if ' lost' not in line]) <= 2

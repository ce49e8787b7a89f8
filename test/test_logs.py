"""Logs go where ROS's go, at the level and in the format that ROS's options ask for."""

import os
import re
import signal

from harness.console import Terminal, to_file
from harness.deadline import Deadline, until
from harness.listener import Inbox
from harness.parameter_client import ParameterClient
from harness.parameters import arguments, camera
from harness.set_capture import SetCapture
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
    _message, function, file, number = line[1:-1].split('|')[2:]
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
    # Losses of a busy machine are logged once a second, never one by one.
    assert len(process.lines()) - before <= 2 * 20, process.text()
    assert len([line for line in process.lines()[before:] if ' lost' not in line]) <= 2


def log_a_lot(parameters, size, more, process):
    """Send requests, each of which rcl logs at debug level, until size() is so much more."""
    goal = size() + more
    deadline = Deadline()
    while size() < goal:
        assert not deadline.passed(size()), deadline.failure('a log file that grows')
        process.check_running('a log file that grows')
        for answer in [parameters.start('list_parameters') for _ in range(20)]:
            answer()


def test_terminal_that_stands_still_holds_up_nothing(av_capture, listener, tmp_path):
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    logs = listen_to_rosout(listener)
    terminal = Terminal()
    process = av_capture(*camera(source='synthetic', image_width=64, image_height=48),
                         '--ros-args', '--log-level', 'debug', command=terminal.command())
    images.wait(1, process)

    def size():
        return sum(file.stat().st_size for file in (tmp_path / 'log').iterdir())

    # More than the queue holds.
    parameters = ParameterClient(listener, '/camera', process)
    log_a_lot(parameters, size, 200_000, process)
    assert terminal.text() == ''
    seen = len(images.so_far())
    images.wait(seen + 10, process)
    told = len(logs.so_far())
    capture = SetCapture(listener, '/camera', process)
    capture.turn(False)
    capture.turn(True)
    logs.wait_until(lambda logs: any('capturing from' in log.msg for log in logs[told:]),
                    process, 'a log on /rosout')

    terminal.go_on()
    missing = until(lambda: re.search(
        r'\[WARN\] \[[0-9.]+\] \[.*\]: [1-9][0-9]* log lines are missing here: the console did not',
        terminal.text()), 'the number of missing lines', process)
    assert 'capturing from' in terminal.text()[:missing.start()]
    terminal.stop()
    log_a_lot(parameters, size, 10_000, process)
    process.end(signal.SIGTERM)
    terminal.close()


def test_console_that_is_gone_ends_nothing(av_capture, listener, tmp_path):
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    logs = listen_to_rosout(listener)
    fifo = tmp_path / 'console'
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    process = av_capture('--demo', *camera(source='synthetic', image_width=64, image_height=48),
                         command=to_file(fifo))
    images.wait(1, process)
    os.close(reader)
    capture = SetCapture(listener, '/camera', process)
    for _ in range(3):
        told = len(logs.so_far())
        capture.turn(False)
        capture.turn(True)
        logs.wait_until(lambda logs: any('capturing from' in log.msg for log in logs[told:]),
                        process, 'a log on /rosout')
    images.wait(len(images.so_far()) + 40, process)  # beyond a report of --demo
    process.end(signal.SIGHUP)  # as at the end of the session


def test_progress_that_nobody_reads_holds_up_nothing(av_capture, listener, tmp_path):
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    fifo = tmp_path / 'console'
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
    try:
        while True:
            os.write(writer, bytes(1))
    except BlockingIOError:
        pass  # full
    process = av_capture('--demo', *camera(source='synthetic', image_width=64, image_height=48),
                         command=to_file(fifo))
    images.wait(1, process)
    # Reports come once a second from the thread that answers.
    parameters = ParameterClient(listener, '/camera', process)
    stamps = images.wait(len(images.so_far()) + 40, process)
    assert stamps and parameters.get('framerate')
    process.end(signal.SIGTERM)
    os.close(writer)
    os.close(reader)

"""Fixtures: the executable, a client, a sound system and files, new for each test."""

import os
import signal

# Before anything of ROS is loaded: no packet leaves the machine.
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'

from harness import domain as domains
from harness.listener import Listener
from harness.process import Process
from harness.pulse import PulseServer
import pytest
import rclpy

# The background of a script and nohup ignore these signals, and so would all that we start.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_configure(config):
    """Declare our marks."""
    config.addinivalue_line(
        'markers', 'alone: nothing may run beside it: each image or sample has to come in time')
    config.addinivalue_line('markers', 'check: of the few that make check runs')


@pytest.fixture
def domain():
    """Return a ROS_DOMAIN_ID that is this test's own."""
    with domains.reserved() as number:
        yield number


@pytest.fixture
def listener(domain):
    """Return an rclpy node in the test's domain."""
    client = Listener(domain)
    yield client
    client.close()


@pytest.fixture
def stranger(domain):
    """Return an rclpy node of another process, as far as the middleware can tell."""
    context = rclpy.Context()
    rclpy.init(context=context, domain_id=domain)
    node = rclpy.create_node('stranger', context=context)
    yield node
    node.destroy_node()
    rclpy.shutdown(context=context)


@pytest.fixture
def sleeper(domain):
    """Return one that does not take its messages until its wake_up is called."""
    client = Listener(domain, asleep=True)
    yield client
    client.close()


@pytest.fixture
def av_capture(domain, tmp_path):
    """
    Return a function that starts the installed executable in the test's domain.

    Its arguments are the command line's; environment is added to this process's own;
    command replaces the executable by what runs it.
    What still runs when the test ends is ended by SIGINT, and has to exit with 0.
    """
    started = []

    def start(*arguments, environment=None, command=None):
        process = Process(arguments, {
            'ROS_DOMAIN_ID': str(domain),
            'ROS_LOG_DIR': str(tmp_path / 'log'),
            'RCUTILS_COLORIZED_OUTPUT': '0',
            **(environment or {}),
        }, command)
        started.append(process)
        return process

    yield start
    try:
        for process in started:
            if process.running:
                process.end()
    finally:
        for process in started:
            process.kill()


@pytest.fixture
def pulse():
    """Return a PulseAudio server of the test's own."""
    server = PulseServer()
    yield server
    server.close()

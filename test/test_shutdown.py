"""SIGINT and SIGTERM are an ordinary end: status 0, devices given back, whatever hangs."""

import os
import signal
import subprocess

from av_capture.msg import AudioData
from harness.deadline import until
from harness.parameter_client import ParameterClient
from harness.parameters import arguments, microphone
from harness.set_capture import SetCapture
import pytest
from sensor_msgs.msg import Image

SYNTHETIC = [
    *arguments('camera', {'source': 'synthetic', 'image_width': 1280, 'image_height': 720}),
    *arguments('microphone', {'source': 'synthetic'})]


@pytest.mark.check
@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_with_status_0_at_full_speed(av_capture, listener, number):
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    blocks = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*SYNTHETIC)
    images.wait(10, process)
    blocks.wait(10, process)
    process.end(number)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_while_it_starts(av_capture, number, domain):
    # Whenever the signal comes once it is handled, the end is an ordinary one.
    for _ in range(3):
        process = av_capture(*SYNTHETIC)
        process.wait_for_line('capturing from')
        process.end(number)


def test_signal_ends_it_while_devices_are_absent(av_capture, pulse):
    process = av_capture(
        *arguments('camera', {'video_device': '/dev/no-such-camera'}),
        *arguments('microphone', {'backend': 'pulseaudio', 'device': 'no such microphone'}),
        environment=pulse.environment)
    process.wait_for_line('no-such-camera')
    process.wait_for_line('no such microphone')
    process.end()


def test_second_start_finds_the_device_free(av_capture, listener, pulse):
    pulse.add_null_sink('mic')
    for _ in range(3):
        inbox = listener.subscribe(AudioData, '/microphone/audio')
        process = av_capture(*microphone(backend='pulseaudio'), environment=pulse.environment)
        inbox.wait(20, process)
        process.end()
        assert not pulse.recordings()


def test_nodes_leave_the_graph(av_capture, listener):
    process = av_capture(*SYNTHETIC)
    listener.wait_for_nodes(['/camera', '/microphone'], process)
    process.end()
    listener.wait_for_nodes([], None)


def test_a_sound_server_that_hangs_is_left_behind(av_capture, listener, pulse):
    # Everything else goes on, and the process ends as ever.
    pulse.add_null_sink('mic')
    images = listener.subscribe(Image, '/camera/image_raw', depth=5)
    blocks = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*SYNTHETIC, environment=pulse.environment)
    client = ParameterClient(listener, '/microphone', process)
    images.wait(1, process)
    blocks.wait(1, process)
    os.kill(pulse.pid, signal.SIGSTOP)
    try:
        seen = len(images.so_far())
        result = client.set_atomically({'source': 'device', 'backend': 'pulseaudio'})
        assert not result.successful and 'not opened in time' in result.reason, result.reason
        assert len(images.so_far()) > seen
        assert process.wait_for_line(r'\(device\) hangs since .*the sound system does not answer')
        heard = len(blocks.so_far())
        until(lambda: len(blocks.so_far()) > heard + 10, 'sound of the source before', process)
        assert client.get('source') == {'source': 'synthetic'}
        capture = SetCapture(listener, '/microphone', process)
        capture.turn(False)
        capture.turn(True)
        process.end(signal.SIGTERM)
    finally:
        os.kill(pulse.pid, signal.SIGCONT)


# A shutdown of ROS that never returns, as one that waits for a lock would.
STUCK = """
#include <unistd.h>
int rcl_shutdown(void *context) { (void)context; for (;;) pause(); }
"""


@pytest.fixture
def stuck(tmp_path):
    """Return the environment in which ROS cannot be shut down."""
    library = str(tmp_path / 'stuck.so')
    subprocess.run(['cc', '-shared', '-fPIC', '-o', library, '-x', 'c', '-'],
                   input=STUCK, text=True, check=True)
    return {'LD_PRELOAD': library}


def test_what_hangs_at_the_end_is_named_and_ended_by_force(av_capture, stuck):
    process = av_capture(*SYNTHETIC, environment=stuck)
    process.wait_for_line('capturing from')
    process.send(signal.SIGTERM)
    assert process.status() == 3, process.text()
    assert process.errors()[-1] == (
        'av_capture: ended by force 3s after SIGTERM: what had not ended: the shutdown of ROS')


def test_a_second_signal_ends_it_at_once(av_capture, stuck):
    process = av_capture(*SYNTHETIC, environment=stuck)
    process.wait_for_line('capturing from')

    def ended():  # those that come at once are one
        process.send(signal.SIGINT)
        return not process.running
    until(ended, 'the end')
    assert process.status() == 3, process.text()
    assert 'at once, by a second SIG' in process.errors()[-1]

"""SIGINT and SIGTERM are an ordinary end: status 0, devices given back."""

import signal

from av_capture.msg import AudioData
from harness.parameters import arguments, microphone
import pytest
from sensor_msgs.msg import Image

SYNTHETIC = [
    *arguments('camera', {'source': 'synthetic', 'image_width': 1280, 'image_height': 720}),
    *arguments('microphone', {'source': 'synthetic'})]


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

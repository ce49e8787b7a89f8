"""A fault ends the process with status 2, and the next start works."""

import signal

from av_capture.msg import AudioData
from harness.parameters import microphone
import pytest


def test_crash_is_status_2_and_leaves_the_device_free(av_capture, listener, pulse):
    pulse.add_null_sink('mic')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio'), environment=pulse.environment)
    inbox.wait(20, process)
    # Go's runtime ends as for a fault of its own: with all stacks and status 2.
    process.send(signal.SIGQUIT)
    assert process.status() == 2
    assert process.lines('^SIGQUIT')
    before = len(inbox.so_far())
    process = av_capture(*microphone(backend='pulseaudio'), environment=pulse.environment)
    inbox.wait(before + 20, process)


@pytest.mark.parametrize('domain_id', ['300', 'abc'])
def test_impossible_domain_is_a_configuration_error(av_capture, domain_id):
    process = av_capture(environment={'ROS_DOMAIN_ID': domain_id})
    assert process.status() == 1
    assert 'ROS_DOMAIN_ID' in process.text()


@pytest.mark.parametrize('argument, words', [
    ('--help', 'Usage: av_capture'), ('--version', 'av_capture 0.')])
def test_help_and_version_are_status_0(av_capture, argument, words):
    process = av_capture(argument)
    assert process.status() == 0
    assert words in process.text()
    assert not process.errors()

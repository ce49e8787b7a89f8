"""Microphone and loudspeaker on a JACK server."""

import re

from av_capture.msg import AudioData
from harness.deadline import until
from harness.jack import JackServer
from harness.parameters import microphone
from harness.process import executable
from harness.set_capture import SetCapture
from harness.sound import check_format, joined
from harness.talker import noise, Talker
import pytest

RATE, CHANNELS = JackServer.RATE, JackServer.CHANNELS
FRAME = 4 * CHANNELS  # [bytes]


@pytest.fixture
def jack():
    """Return a JACK server of the test's own; asked for first, it ends after its clients."""
    server = JackServer()
    yield server
    server.close()


def on_jack():
    """Return the arguments of a microphone that takes the sound of JACK as it is."""
    return microphone(backend='jack', sample_rate=RATE, channels=CHANNELS, sample_format='F32LE',
                      block_size=RATE // 100, allow_conversion=False, reconnect_interval=0.2)


def test_server_is_listed(jack, av_capture):
    process = av_capture('--list-devices', environment=jack.environment)
    assert process.status() == 0, process.text()
    text = '\n'.join(process.lines())
    assert re.search(r'"Default Capture Device" +\(backend jack, the default\)\n'
                     r' +formats +F32LE: 2 channels at 48000 Hz', text), text


def test_what_is_published_is_played_and_captured(jack, av_capture, listener):
    """
    The loudspeaker's ports are connected to the microphone's.

    Without real-time priority the server leaves a period out now and then: a fifth of a second
    in one piece shows that nothing is converted.
    """
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    ears = av_capture(*on_jack(), environment=jack.environment)
    inbox.wait(1, ears)
    talker = Talker(listener, '/speech')
    mouth = av_capture('--backend', 'jack', '--buffer', 1, '--ros-args', '-r', 'audio:=/speech',
                       command=[executable('audio_play')], environment=jack.environment)
    talker.wait(mouth)
    content = noise(2 * RATE, CHANNELS, 'F32LE')
    form = {'block': RATE // 100, 'rate': RATE, 'channels': CHANNELS, 'encoding': 'F32LE'}
    before = talker.say_all(content[:FRAME * RATE // 10], **form)  # the ports come with sound
    until(lambda: len(jack.ports('playback')) == CHANNELS, 'the ports of audio_play', mouth)
    for source, sink in zip(jack.ports('playback'), jack.ports('capture')):
        jack.connect(source, sink)
    talker.say_all(content, before, **form)
    pieces = [content[at:at + FRAME * RATE // 5]
              for at in range(0, len(content), FRAME * RATE // 20)]
    pieces = [piece for piece in pieces if len(piece) == FRAME * RATE // 5]

    def heard(blocks):
        sound = joined(blocks[-200:])
        return any(piece in sound for piece in pieces)
    inbox.wait_until(heard, ears, 'a fifth of a second of what was published')
    assert not mouth.lines('WARN|ERROR'), mouth.text()


def test_another_format_is_converted(jack, av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        *microphone(backend='jack', sample_rate=16000, channels=1, sample_format='S16LE',
                    block_size=160), environment=jack.environment)
    for block in inbox.wait(50, process):  # short ones too, before what the server left out
        check_format([block], block.frame_count, 16000, 1, 'S16LE')
    process.wait_for_line('it is converted to 16000 Hz, 1 channel, S16LE, '
                          'the mean of its 2 channels')
    assert len(jack.ports('capture')) == CHANNELS


def test_server_that_restarts(jack, av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*on_jack(), environment=jack.environment)
    inbox.wait(20, process)
    jack.kill()
    process.wait_for_line('ERROR.*device lost')
    jack.start()
    process.wait_for_line('capturing again')
    blocks = inbox.wait(len(inbox.so_far()) + 20, process)
    first = next(block for block in blocks if block.epoch == blocks[-1].epoch)
    assert first.epoch > 0 and first.lost_frames > 0


def test_quick_toggles(jack, av_capture, listener):
    process = av_capture(*on_jack(), environment=jack.environment)
    capture = SetCapture(listener, '/microphone', process)
    for _ in range(5):
        assert capture.turn(False) == 'capture is off, the device is free'
        assert not jack.ports('capture')
        assert capture.turn(True) == 'capture is on, the device is open'
    assert not process.lines('ERROR'), process.text()

"""Speech that is played into a null sink is heard."""

import subprocess

from av_capture.msg import AudioData
from harness.parameters import microphone
from harness.sound import samples
import numpy as np


def level(block):
    """Return the RMS level of a block's samples, 1.0 being full scale."""
    return np.sqrt(np.mean((samples([block]) / 32768)**2))


def test_speech_is_heard(av_capture, listener, pulse, tmp_path):
    path = tmp_path / 'speech.wav'
    subprocess.run(['espeak-ng', '-w', str(path), 'One two three four five six seven eight'],
                   check=True)
    pulse.add_null_sink('mic')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio'), environment=pulse.environment)
    silence = inbox.wait(20, process)
    assert max(level(block) for block in silence) < 1e-4
    player = pulse.play(path, 'mic')
    try:
        # About a second of it, in blocks of 10 ms.
        inbox.wait_counted(100, lambda messages: sum(level(m) > 0.01 for m in messages),
                           process, '100 blocks of speech')
    finally:
        player.kill()

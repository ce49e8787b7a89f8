"""What a PulseAudio source gives arrives bit for bit."""

import os

from av_capture.msg import AudioData
from harness.deadline import DEADLINE
from harness.fifo import Player
from harness.parameters import microphone
from harness.sound import check_continuous, check_format, joined
import numpy as np

RATE = 44100
SECONDS = float(os.environ.get('AV_CAPTURE_TEST_SECONDS', '5'))  # of sound compared


def test_every_sample_of_a_pipe_source_arrives(av_capture, listener, pulse):
    noise = np.random.default_rng(2).integers(
        -2**15, 2**15, int((SECONDS + 60) * RATE)).astype('<i2').tobytes()
    fifo = pulse.add_pipe_source('pipe', RATE)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio', device='pipe'),
                         environment=pulse.environment)
    player = Player(fifo, noise, RATE)
    try:
        blocks = inbox.wait_until(
            lambda messages: messages and is_noise(messages[-1]), process, 'noise')
        start = blocks[-1].first_frame
        blocks = inbox.wait_until(
            lambda messages: messages[-1].first_frame - start > SECONDS * RATE, process,
            f'{SECONDS} s of noise', deadline=DEADLINE + SECONDS)
    finally:
        player.close()
    check_format(blocks)
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0
    # Before the FIFO was opened there is silence, if anything; the server may drop what
    # it has got before the stream ran. From the first block of noise on all must be there.
    got = joined([block for block in blocks if block.first_frame >= start])
    start = noise.find(got[:4096])
    assert start >= 0, 'the first block of noise is not in what was played'
    assert len(got) >= SECONDS * RATE * 2
    assert got == noise[start:start + len(got)]


def is_noise(block):
    """Tell whether a block is noise from its start to its end."""
    return np.count_nonzero(np.frombuffer(block.data, '<i2')) > 430

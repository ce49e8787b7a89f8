"""What a PulseAudio source gives arrives bit for bit."""

import os
import sys

from av_capture.msg import AudioData
from harness import sound_card
from harness.parameters import microphone
from harness.sound import check_continuous, check_format, is_noise, joined
import numpy as np
import pytest

SECONDS = float(os.environ.get('AV_CAPTURE_TEST_SECONDS', '5'))  # of sound compared


# The audio frame of a pipe source has to be a part of 4096 bytes; the others are tested in
# Go, by what monitors give.
@pytest.mark.alone
@pytest.mark.parametrize('encoding, size, channels, rate', [
    ('S16LE', 2, 1, 44100), ('S32LE', 4, 2, 48000), ('F32LE', 4, 1, 16000), ('U8', 1, 2, 96000)])
def test_every_sample_of_a_pipe_source_arrives(
        av_capture, listener, pulse, tmp_path, encoding, size, channels, rate):
    frame_size = size * channels
    noise = np.random.default_rng(2).bytes(int((SECONDS + 60) * rate) * frame_size)
    (tmp_path / 'noise').write_bytes(noise)
    fifo = pulse.add_pipe_source('pipe', rate, channels, encoding)
    sound_card.set_realtime(pulse.pid)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        *microphone(backend='pulseaudio', device='pipe', sample_rate=rate, channels=channels,
                    sample_format=encoding, block_size=rate // 100, allow_conversion=False),
        environment=pulse.environment)
    player = av_capture(fifo, tmp_path / 'noise', rate, frame_size,
                        command=[sys.executable, sound_card.__file__])
    try:
        blocks = inbox.wait_until(
            lambda messages: all(map(is_noise, messages[-2:])) and len(messages) > 1,
            process, 'noise')  # before the last one too: it is noise from its start
        start = blocks[-1].first_frame
        blocks = inbox.wait_counted(
            start + SECONDS * rate, lambda messages: messages[-1].first_frame, process,
            f'{SECONDS} s of noise')
    finally:
        player.kill()
    check_format(blocks, rate // 100, rate, channels, encoding, size)
    check_continuous(blocks)  # what was lost before the first of them, as all began, is no matter
    # Before the FIFO was opened there is silence, if anything; the server may drop what
    # it has got before the stream ran. From the first block of noise on all must be there.
    got = joined([block for block in blocks if block.first_frame >= start])
    start = noise.find(got[:4096])
    assert start >= 0, 'the first block of noise is not in what was played'
    assert start % frame_size == 0
    assert len(got) >= SECONDS * rate * frame_size
    assert got == noise[start:start + len(got)]

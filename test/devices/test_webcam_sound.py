"""A USB webcam's sound arrives bit for bit as it has sent it."""

from av_capture.msg import AudioData
from harness.parameters import microphone as of_microphone
from harness.sound import check_continuous, check_format, joined
import numpy as np
import pytest

pytestmark = pytest.mark.virtual('does not tell what it has sent')

SECONDS = 5


def test_sound_is_that_which_the_webcam_has_sent(av_capture, listener, webcam):
    block = webcam.rate // 10
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*of_microphone(
        backend='alsa', device=f"'{webcam.device}'", sample_rate=webcam.rate, channels=1,
        block_size=block, allow_conversion=False))
    blocks = inbox.wait(SECONDS * 10, process)
    process.end()
    check_format(blocks, block, webcam.rate, 1, 'S16LE', 2)
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0
    got = np.frombuffer(joined(blocks), '<i2')
    # ALSA starts the device when it is read first: what it has sent from then on has arrived.
    first = webcam.record('sound stream')[-1]['first']
    sent = webcam.sound(first + blocks[0].first_frame, len(got))[:, 0]
    different = np.flatnonzero(got != sent)
    assert not different.size, f'{different.size} of {len(got)} audio frames differ, from {different[0]} on'

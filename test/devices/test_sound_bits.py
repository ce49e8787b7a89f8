"""Sound of an ALSA card arrives bit for bit, with the time at which the card acquired it."""

import wave

from av_capture.msg import AudioData
from harness.deadline import DEADLINE
from harness.listener import nanoseconds
from harness.parameters import arguments
from harness.sound import check_continuous, check_format, joined
import numpy as np
import pytest
from rig.clocks import system_ahead

SECONDS = 3  # of sound
BLOCK = 4800  # [audio frames]

# The loopback card counts in ticks of the kernel's clock (4 ms), and the node
# sees whole periods as they arrive.
STAMP_TOLERANCE = 0.02  # [s]


@pytest.mark.virtual('nothing can be played into its microphone bit for bit')
@pytest.mark.parametrize('rate, channels, encoding, size', [(48000, 2, 'S32LE', 4)])
def test_what_is_played_is_captured(
        av_capture, listener, sound_card, on_sound_card, tmp_path, rate, channels, encoding, size):
    path = tmp_path / 'noise.wav'
    played = write_noise(path, rate, channels, size)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        '--nodes', 'microphone', *on_sound_card,
        *arguments('microphone', {'sample_rate': rate, 'channels': channels,
                                  'sample_format': encoding, 'block_size': BLOCK,
                                  'allow_conversion': False}))
    inbox.wait(5, process)
    player = sound_card.play(path)
    inbox.wait_until(lambda blocks: any(blocks[-1].data), process, 'sound')
    progress = []
    for _ in range(SECONDS * rate // BLOCK // 2):
        progress.append(sound_card.progress())
        inbox.wait(len(inbox.so_far()) + 1, process)
    player.wait(DEADLINE)
    # What was played last is on its way: it has arrived when silence has.
    blocks = inbox.wait_until(lambda blocks: not any(blocks[-1].data), process, 'silence')
    process.end()
    check_format(blocks, BLOCK, rate, channels, encoding, size)
    check_continuous(blocks)
    assert blocks[0].lost_frames == 0
    start = check_samples(joined(blocks), played, channels * size)
    check_stamps(blocks, blocks[0].first_frame + start, progress)


def write_noise(path, rate, channels, size):
    """
    Write a WAV file of noise without a silent sample; return the noise's bytes.

    Silence follows it: the card drops what is left of its last tick when playing ends.
    """
    random = np.random.default_rng(5)
    content = random.integers(1, 256, SECONDS * rate * channels * size, np.uint8).tobytes()
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(channels)
        file.setsampwidth(size)
        file.setframerate(rate)
        file.writeframes(content + bytes(rate // 4 * channels * size))
    return content


def check_samples(captured, played, frame_size):
    """Require silence, then what was played, then silence; return the sound's first frame."""
    captured = np.frombuffer(captured, np.uint8).reshape(-1, frame_size)
    played = np.frombuffer(played, np.uint8).reshape(-1, frame_size)
    start = int(np.argmax(captured.any(axis=1)))
    part = captured[start:start + len(played)]
    assert len(part) == len(played), f'{len(part)} audio frames, want {len(played)}'
    different = np.flatnonzero((part != played).any(axis=1))
    assert different.size == 0, (
        f'{len(different)} of {len(played)} audio frames differ, the first is number '
        f'{different[0]} of what was played')
    assert not captured[start + len(played):].any(), 'more was captured than was played'
    return start


def check_stamps(blocks, start, progress):
    """
    Require that every audio frame is stamped with the time at which it was played.

    start is the index of the first one that was played; progress says how far the card's
    driver was, and when.
    """
    ahead = system_ahead()
    origin = progress[0].at
    first_frame = np.array([block.first_frame for block in blocks], float)
    stamp = np.array([nanoseconds(block.header.stamp) - ahead - origin for block in blocks]) * 1e-9
    slope, offset = np.polyfit(first_frame, stamp, 1)
    off = np.abs(stamp - (slope * first_frame + offset)).max()
    assert off < STAMP_TOLERANCE / 2, f'stamps are up to {off * 1e3:.1f} ms off a line'
    certain = [each for each in progress if each.uncertainty < 2e6]
    assert certain, f'this machine is too busy to ask the card: {progress}'
    late = [np.interp(start + each.played, first_frame, stamp) - (each.at - origin) * 1e-9
            for each in certain]
    assert np.abs(late).max() < STAMP_TOLERANCE, (
        'audio frames are stamped so long after they were played [ms]: '
        f'{[round(each * 1e3, 1) for each in late]}')

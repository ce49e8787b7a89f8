"""Sound of an ALSA card arrives bit for bit, with the time at which the card acquired it."""

import json
import os
import statistics
import wave

from av_capture.msg import AudioData
from harness.deadline import until
from harness.listener import nanoseconds
from harness.parameters import arguments
from harness.sound import check_continuous, check_format, joined
import numpy as np
import pytest
from rig.clocks import system_ahead

SECONDS = int(os.environ.get('AV_CAPTURE_TEST_SECONDS', '3'))  # of sound

# The loopback card counts in ticks of the kernel's clock (4 ms), and the node
# sees whole periods as they arrive.
STAMP_TOLERANCE = 0.02  # [s]


@pytest.mark.virtual('nothing can be played into its microphone bit for bit')
@pytest.mark.parametrize('rate, channels, encoding, size', [
    (44100, 1, 'S16LE', 2), (48000, 2, 'S32LE', 4), (32000, 6, 'S24LE', 3)])
def test_what_is_played_is_captured(
        av_capture, listener, sound_card, on_sound_card, tmp_path, rate, channels, encoding, size):
    path = tmp_path / 'noise.wav'
    played = write_noise(path, rate, channels, size)
    block = rate // 10  # [audio frames]
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        '--nodes', 'microphone', *on_sound_card,
        *arguments('microphone', {'sample_rate': rate, 'channels': channels,
                                  'sample_format': encoding, 'block_size': block,
                                  'allow_conversion': False}))
    inbox.wait(5, process)
    blocks, progress = play(sound_card, path, inbox, process)
    process.end()
    check_format(blocks, block, rate, channels, encoding, size)
    check_continuous(blocks)
    assert blocks[0].lost_frames == 0
    start = check_samples(joined(blocks), played, channels * size)
    check_stamps(blocks, blocks[0].first_frame + start, progress)


@pytest.mark.virtual('nothing can be played into its microphone bit for bit')
@pytest.mark.parametrize('channel_map', ['[]', '[3]', '[5, 0]'])
def test_array_is_captured_as_its_mean_or_chosen_channels(
        av_capture, listener, sound_card, on_sound_card, tmp_path, channel_map):
    """A card with six channels of 16 bit at 16 kHz, and no others: a usual microphone array."""
    rate, channels, block = 16000, 6, 1600
    path = tmp_path / 'noise.wav'
    played = np.frombuffer(write_noise(path, rate, channels, 2, seconds=60), '<i2')
    played = played.reshape(-1, channels)
    player = sound_card.play(path)  # first: the card then captures in no other format
    until(lambda: sound_card.is_playing, 'sound in the card')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    chosen = json.loads(channel_map)
    process = av_capture(
        '--nodes', 'microphone', *on_sound_card,
        *arguments('microphone', {'sample_rate': rate, 'channels': 1, 'channel_map': channel_map,
                                  'sample_format': 'S16LE', 'block_size': block,
                                  'allow_conversion': not chosen}))
    expected = played[:, chosen] if chosen else np.rint(played.mean(axis=1))[:, None]
    expected = expected.astype('<i2').tobytes()
    size = 2 * max(1, len(chosen))

    def half_a_second(blocks):
        sound = joined(blocks[-5:])
        start = expected.find(sound[:64])
        return (len(blocks) >= 5 and start >= 0 and start % size == 0 and
                expected[start:].startswith(sound))
    blocks = inbox.wait_until(half_a_second, process, 'half a second as it should be')
    check_format(blocks[-5:], block, rate, size // 2, 'S16LE', 2)
    assert len(process.lines('it is converted to')) == (0 if chosen else 1), process.text()
    player.end()


def play(sound_card, path, inbox, process):
    """
    Play a file; return the blocks from before it to after it, and how it went on.

    Should the player be starved by a busy machine, which it says, it is played again.
    """
    for _ in range(3):
        silence = len(inbox.so_far())
        player = sound_card.play(path)
        inbox.wait_until(lambda blocks: any(blocks[-1].data), process, 'sound')
        progress = []
        for _ in range(5 * SECONDS):
            progress.append(sound_card.progress())
            inbox.wait(len(inbox.so_far()) + 1, process)
        said = player.wait(lambda: sum(any(block.data) for block in inbox.so_far()))
        # The sound played last is on its way: it has arrived when silence has.
        blocks = inbox.wait_until(lambda blocks: not any(blocks[-1].data), process, 'silence')
        if 'underrun' not in said:
            return blocks[silence:], progress
    raise AssertionError(f'this machine is too busy to play sound: {said}')


def write_noise(path, rate, channels, size, seconds=SECONDS):
    """
    Write a WAV file of noise without a silent sample; return the noise's bytes.

    Silence follows it, more than the player's buffer holds: when playing ends, the card drops
    what is left of its last tick, or runs on into what its buffer held before.
    """
    random = np.random.default_rng(5)
    content = random.integers(1, 256, seconds * rate * channels * size, np.uint8).tobytes()
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(channels)
        file.setsampwidth(size)
        file.setframerate(rate)
        file.writeframes(content + bytes(rate * 5 // 4 * channels * size))
    return content


def check_samples(captured, played, frame_size):
    """Require silence, then what was played, then silence; return the sound's first frame."""
    captured = np.frombuffer(captured, np.uint8).reshape(-1, frame_size)
    played = np.frombuffer(played, np.uint8).reshape(-1, frame_size)
    start = int(np.argmax(captured.any(axis=1)))
    part = captured[start:start + len(played)]
    assert len(part) == len(played), f'{len(part)} audio frames, want {len(played)}'
    different = np.flatnonzero((part != played).any(axis=1))
    if different.size:
        first = int(different[0])
        again = captured[start + first:].tobytes().find(played[first:first + 32].tobytes())
        there = (f'they are there {again // frame_size} audio frames later' if again >= 0
                 else 'they are lost')
        raise AssertionError(f'{different.size} of {len(played)} audio frames differ, from number '
                             f'{first} on; the next 32: {there}')
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
    late = [float(np.interp(start + each.played, first_frame, stamp)) - (each.at - origin) * 1e-9
            for each in certain]
    print(f'{len(late)} stamps are after playing by {min(late) * 1e3:.2f} to '
          f'{max(late) * 1e3:.2f} ms, median {statistics.median(late) * 1e3:.2f}; '
          f'all are within {off * 1e3:.2f} ms of a line')
    assert abs(statistics.median(late)) < STAMP_TOLERANCE, (
        'audio frames are stamped so long after they were played [ms]: '
        f'{[round(each * 1e3, 1) for each in late]}')

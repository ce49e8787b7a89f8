"""The synthetic microphone's samples reach rclpy bit for bit, on a steady clock."""

from av_capture.msg import AudioData
from harness.listener import nanoseconds
from harness.parameters import microphone
from harness.sound import check_continuous, check_format, joined, samples, stamps
from harness.synthetic import tones
import numpy as np
import pytest


def expected(blocks):
    """Return the S16LE samples that the blocks should hold."""
    frames = sum(block.frame_count for block in blocks)
    numbers = tones(blocks[0].first_frame, frames, blocks[0].sample_rate, blocks[0].channels)
    return np.clip(np.rint(numbers * 32768), -32768, 32767).astype('<i2')


@pytest.mark.check
def test_every_sample_is_the_formulas(av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='synthetic', frame_id='ear'))
    blocks = inbox.wait(300, process)
    check_format(blocks)
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0
    assert {block.header.frame_id for block in blocks} == {'ear'}
    assert np.array_equal(samples(blocks), expected(blocks))


@pytest.mark.parametrize('rate, channels, block', [
    (48000, 2, 480), (8000, 1, 40), (96000, 4, 1000), (44100, 2, 441)])
def test_rates_channels_and_blocks(av_capture, listener, rate, channels, block):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(
        source='synthetic', sample_rate=rate, channels=channels, block_size=block))
    blocks = inbox.wait(100, process)
    check_format(blocks, block, rate, channels)
    check_continuous(blocks)
    assert np.array_equal(samples(blocks), expected(blocks))


@pytest.mark.parametrize('encoding, size, decode', [
    ('U8', 1, lambda data: (np.frombuffer(data, 'u1') - 128.0) / 128),
    ('S24LE', 3, lambda data: np.frombuffer(
        b''.join(b'\0' + data[i:i + 3] for i in range(0, len(data), 3)), '<i4') / 2**31),
    ('S32LE', 4, lambda data: np.frombuffer(data, '<i4') / 2**31),
    ('F32LE', 4, lambda data: np.frombuffer(data, '<f4')),
])
def test_sample_formats(av_capture, listener, encoding, size, decode):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='synthetic', sample_format=encoding))
    blocks = inbox.wait(50, process)
    check_format(blocks, encoding=encoding, size=size)
    check_continuous(blocks)
    numbers = tones(blocks[0].first_frame, 441 * len(blocks), 44100, 1)[:, 0]
    # Half a step of the format, and what single precision rounds.
    step = {'U8': 2**-7, 'S24LE': 2**-23, 'S32LE': 2**-31, 'F32LE': 2**-24}[encoding]
    np.testing.assert_allclose(decode(joined(blocks)), numbers, rtol=0, atol=0.501 * step + 1e-15)


def test_stamps_are_linear_in_first_frame(av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='synthetic'))
    blocks = inbox.wait(500, process)
    first_frame, stamp = stamps(blocks)
    slope, offset = np.polyfit(first_frame, stamp, 1)
    # 5 s tell the rate to a few thousandths of a per cent even if each stamp is 1 ms off.
    assert abs(slope * 44100 - 1) < 1e-3
    astray = np.abs(stamp - (slope * first_frame + offset))
    assert astray.max() < 2e-3, f'{astray.max():.6f} s at {first_frame[astray.argmax()]:.0f}'
    assert (np.diff(stamp) > 0).all()
    now = listener.node.get_clock().now().nanoseconds
    last = nanoseconds(blocks[-1].header.stamp)
    assert last < now < last + 60e9


def test_stamp_is_the_acquisition_of_the_first_audio_frame(av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='synthetic', block_size=4410))
    blocks = inbox.wait(20, process)
    # A block can arrive only when its last audio frame, 100 ms after its first, is acquired.
    for block, arrival in zip(blocks, inbox.arrivals):
        assert arrival - nanoseconds(block.header.stamp) > 0.099e9

"""Noise and impulses of the synthetic microphone, and the latency that stamps allow for."""

from av_capture.msg import AudioData
from harness.listener import nanoseconds
from harness.parameters import microphone
from harness.sound import check_continuous, samples
from harness.synthetic import split_mix
import numpy as np

RATE = 44100
LATENCY = 0.25  # [s]


def test_noise_is_the_documented_sequence(av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='synthetic', synthetic__signal='noise',
                                     synthetic__seed=42, channels=2))
    blocks = inbox.wait(100, process)
    check_continuous(blocks)
    got = samples(blocks)
    want = split_mix(42, 2 * blocks[0].first_frame, got.size).reshape(-1, 2)
    assert np.array_equal(got, np.rint(want * 32768))


def impulse_times(av_capture, listener, **parameters):
    """Return when impulses are stamped [s after the whole second before or next to them]."""
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='synthetic', synthetic__signal='impulses',
                                     **parameters))
    blocks = inbox.wait(450, process)
    times = []
    for block in blocks[100:]:  # the clock's first second is its worst
        at = np.flatnonzero(np.frombuffer(block.data, '<i2'))
        if at.size:
            times.append(nanoseconds(block.header.stamp) * 1e-9 % 1 + at[0] / RATE)
    assert len(times) >= 2
    return (np.array(times) + 0.5) % 1 - 0.5


def test_impulses_are_stamped_at_whole_seconds(av_capture, listener):
    times = impulse_times(av_capture, listener)
    print('impulses are stamped [ms off a whole second]', times * 1e3)
    assert np.abs(times).max() < 5e-3


def test_latency_of_the_device_is_subtracted(av_capture, listener):
    times = impulse_times(av_capture, listener, device_latency=LATENCY)
    assert np.abs(times + LATENCY).max() < 5e-3

"""The spectrum is the one that scipy computes of the same samples of a file, averaged or not."""

from av_capture.msg import AudioData, Spectrum
from harness import wav
from harness.listener import nanoseconds
from harness.parameters import microphone
import numpy as np
import pytest
from scipy import signal

RATE = 22050


def both_sides(spectrum, size):
    """Count the bins with a mirror image twice: all but zero and half the rate."""
    spectrum[..., 1:(size + 1) // 2] *= 2
    return spectrum


def welch(samples, size, hop, window, scaling):
    """Return the spectrum of samples x channels as scipy has it, channels x bins."""
    how = {'fs': RATE, 'window': window, 'nperseg': size, 'noverlap': size - hop,
           'detrend': False, 'axis': 0}
    if scaling == 'DENSITY':
        return signal.welch(samples, scaling='density', **how)[1].T
    # scipy's "spectrum" is the mean square of a sine, half of its squared amplitude.
    power = both_sides(signal.welch(samples, scaling='spectrum', **how)[1].T, size)
    return {'POWER': power, 'AMPLITUDE': np.sqrt(power),
            'DECIBEL': 10 * np.log10(np.maximum(power, 1e-30))}[scaling]


def write_sound(path, seconds=3):
    """Write two channels of tones on and between bins, an offset, noise, and impulses."""
    n = np.arange(seconds * RATE)
    random = np.random.default_rng(7)
    left = (0.2 + 0.3 * np.sin(2 * np.pi * 1000 * n / RATE)
            + 0.1 * np.sin(2 * np.pi * 3456.7 * n / RATE) + 0.01 * random.standard_normal(len(n)))
    right = 0.1 * random.standard_normal(len(n)) + 0.2 * (1 - 2 * (n % 2))
    right[::RATE // 3] += 0.3
    return wav.write(path, np.stack([left, right], axis=1), RATE)


@pytest.mark.parametrize('window, name, scaling, size, hop, average', [
    ('hann', 'hann', 'DENSITY', 1024, 512, 5),
    ('blackman_nuttall', 'nuttall', 'POWER', 1009, 300, 3),  # a prime
    ('flat_top', 'flattop', 'AMPLITUDE', 882, 882, 2),
    ('rectangular', 'boxcar', 'DECIBEL', 2048, 1024, 4),
    ('hamming', 'hamming', 'DENSITY', 735, 200, 1),
])
def test_average_is_scipys_welch(av_capture, listener, tmp_path,
                                 window, name, scaling, size, hop, average):
    path = tmp_path / 'sound.wav'
    sound = write_sound(path)
    audio = listener.subscribe(AudioData, '/microphone/audio')
    spectra = listener.subscribe(Spectrum, '/microphone/spectrum')
    process = av_capture(*microphone(
        source='file', device=path, loop=True, spectrum__window=window,
        spectrum__scaling=scaling, spectrum__window_size=size, spectrum__hop_size=hop,
        spectrum__average=average))
    got = spectra.wait(12, process)
    blocks = audio.wait_until(lambda messages: messages and messages[-1].first_frame > got[-1].first_frame,
                              process, 'the sound of the last spectrum')
    seen = {block.first_frame: nanoseconds(block.header.stamp) for block in blocks}
    span = size + (average - 1) * hop
    for before, spectrum in zip([None, *got], got):
        # These fields of the message are those of one window.
        assert (spectrum.window_size, spectrum.hop_size) == (size, hop)
        assert (spectrum.sample_rate, spectrum.channels) == (RATE, 2)
        if before is not None:
            assert spectrum.first_frame == before.first_frame + average * hop
        frames = np.arange(spectrum.first_frame, spectrum.first_frame + span) % len(sound)
        want = welch(sound[frames], size, hop, name, scaling)
        rows = np.array(spectrum.amplitude).reshape(2, size // 2 + 1)
        if scaling == 'DECIBEL':
            np.testing.assert_allclose(rows, want, atol=1e-4)  # 1e-5 of the amplitude
        else:
            np.testing.assert_allclose(rows, want, rtol=1e-5, atol=0)
        # The stamp is that of the first window's first audio frame.
        near = [first for first in seen if abs(first - spectrum.first_frame) < 441]
        for first in near:
            offset = (spectrum.first_frame - first) / RATE * 1e9
            assert abs(nanoseconds(spectrum.header.stamp) - seen[first] - offset) < 2e6


def test_average_of_one_window_each_with_gaps_between(av_capture, listener, tmp_path):
    path = tmp_path / 'sound.wav'
    sound = write_sound(path)
    spectra = listener.subscribe(Spectrum, '/microphone/spectrum')
    size, hop, average = 500, 1200, 3
    process = av_capture(*microphone(
        source='file', device=path, loop=True, spectrum__scaling='POWER', spectrum__window='hann',
        spectrum__window_size=size, spectrum__hop_size=hop, spectrum__average=average))
    for spectrum in spectra.wait(5, process):
        windows = [welch(sound[np.arange(start, start + size) % len(sound)],
                         size, size, 'hann', 'POWER')
                   for start in spectrum.first_frame + hop * np.arange(average)]
        rows = np.array(spectrum.amplitude).reshape(2, -1)
        np.testing.assert_allclose(rows, np.mean(windows, axis=0), rtol=1e-5, atol=0)

"""The synthetic microphone's signals, computed independently with numpy from their documents."""

import numpy as np

TONES = [(440.0, 0.25), (1000.0, 0.25)]  # [Hz], [full scale]


def tones(first_frame, frames, rate, channels):
    """Return the numbers of the documented formula, frames x channels."""
    n = np.arange(first_frame, first_frame + frames, dtype=float)
    total = sum(amplitude * np.sin(2 * np.pi * (np.fmod(frequency * n, rate) / rate))
                for frequency, amplitude in TONES)
    return total[:, np.newaxis] / np.arange(1, channels + 1)


def split_mix(seed, first, count):
    """Return numbers of SplitMix64 as the documented noise."""
    with np.errstate(over='ignore'):
        i = np.arange(first, first + count, dtype=np.uint64)
        z = np.uint64(seed) + (i + np.uint64(1)) * np.uint64(0x9e3779b97f4a7c15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94d049bb133111eb)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)) / 2.0**53 - 0.5

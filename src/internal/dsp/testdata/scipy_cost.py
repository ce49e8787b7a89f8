"""
Time scipy on the windows of one second of sound.

Arguments: size and hop of the windows [samples], sample rate [Hz]. For each line
on standard input one line comes back with four times [ns]: of the transforms
alone, and of all from the samples as captured (S16LE) to levels in dBFS; each
called window by window, as sound comes in, and with all windows in one call.
"""

import sys
import time

import numpy as np
from scipy import fft, signal

size, hop, rate = map(int, sys.argv[1:])
count = rate // hop
sound = (3000 * np.random.default_rng(1).standard_normal(size + (count - 1) * hop)).astype('<i2')
captured = [sound[k * hop:k * hop + size].tobytes() for k in range(count)]
window = signal.get_window('hann', size)
windowed = np.stack([np.frombuffer(data, '<i2') / 32768 * window for data in captured])
scale = np.full(size // 2 + 1, 2 / window.sum())
scale[0] /= 2
if size % 2 == 0:
    scale[-1] /= 2


def transforms():
    """Transform each window."""
    for row in windowed:
        fft.rfft(row)


def transforms_at_once():
    """Transform all windows."""
    fft.rfft(windowed)


def levels(numbers):
    """Return levels of windows along the last axis."""
    amplitude = scale * np.abs(fft.rfft(numbers * window))
    return (20 * np.log10(np.maximum(amplitude, 1e-15))).astype(np.float32)


def pipeline():
    """Compute the levels of each window."""
    for data in captured:
        levels(np.frombuffer(data, '<i2') / 32768)


def pipeline_at_once():
    """Compute the levels of all windows."""
    levels(np.lib.stride_tricks.sliding_window_view(sound / 32768, size)[::hop])


def cost(function):
    """Return how long a call takes [ns]."""
    start = time.perf_counter_ns()
    function()
    return time.perf_counter_ns() - start


for _ in sys.stdin:
    print(*map(cost, [transforms, transforms_at_once, pipeline, pipeline_at_once]), flush=True)

"""
Compute spectra with scipy: cases as JSON on standard input, results on standard output.

A case has samples of one channel (a list), rate [Hz], size and hop of the
windows, and the window: a name of scipy.signal.get_window, or the coefficients
of general_cosine. Its result is the window's samples and, by scaling, the
spectrum of the samples, averaged over the windows that they hold.
"""

import json
import sys

import numpy as np
from scipy import signal


def both_sides(spectrum, size):
    """Count the bins with a mirror image twice: all but zero and half the rate."""
    spectrum[1:(size + 1) // 2] *= 2
    return spectrum


def spectra(samples, rate, size, hop, window):
    """Return the spectra of one case."""
    how = {'fs': rate, 'window': window, 'nperseg': size, 'noverlap': size - hop, 'detrend': False}
    # Half of our POWER, where bins are counted twice: the mean square of a sine.
    power = both_sides(signal.welch(samples, scaling='spectrum', **how)[1], size)
    # Of each window by itself, one-sided without counting anything twice.
    magnitudes = signal.spectrogram(samples, scaling='spectrum', mode='magnitude', **how)[2]
    amplitude = both_sides(np.sqrt(np.mean(magnitudes**2, axis=-1)), size)
    with np.errstate(divide='ignore'):
        decibel = np.maximum(20 * np.log10(amplitude), -1000)
    return {
        'AMPLITUDE': amplitude.tolist(),
        'POWER': power.tolist(),
        'DENSITY': signal.welch(samples, scaling='density', **how)[1].tolist(),
        'DECIBEL': decibel.tolist(),
    }


def result(case):
    """Return the result of a case."""
    name = case['window']
    if isinstance(name, list):
        window = signal.windows.general_cosine(case['size'], name, sym=False)
    else:
        window = signal.get_window(name, case['size'], fftbins=True)
    samples = np.array(case['samples'], float)
    return {'window': window.tolist(),
            'spectra': spectra(samples, case['rate'], case['size'], case['hop'], window)}


json.dump([result(case) for case in json.load(sys.stdin)], sys.stdout)

"""
The spectrum of the last second of sound, and the 2-D spectrum of a picture.

    python3 spectrum.py
"""

import contextlib
import time

import numpy as np
from picture import Picture, planes
from sampler import Sampler


def of_sound(samples, rate):
    """
    Return the frequencies [Hz] and the amplitudes of one channel.

    A sine reads its peak, 1.0 being full scale.
    """
    window = np.hanning(len(samples) + 1)[:-1]  # the periodic form, for an FFT
    amplitude = 2 * np.abs(np.fft.rfft(samples * window)) / window.sum()
    return np.fft.rfftfreq(len(samples), 1 / rate), amplitude


def strongest(frequency, amplitude, count):
    """Return the strongest peaks as pairs of frequency [Hz] and amplitude, low ones first."""
    middle = amplitude[1:-1]
    peaks = 1 + np.flatnonzero((middle > amplitude[:-2]) & (middle >= amplitude[2:]))
    peaks = np.sort(peaks[np.argsort(-amplitude[peaks])][:count])
    return [(frequency[peak], amplitude[peak]) for peak in peaks]


def of_picture(plane):
    """Return the magnitude of a plane's 2-D FFT [dB], zero frequency in the centre."""
    magnitude = np.abs(np.fft.fftshift(np.fft.fft2(plane)))
    return 20 * np.log10((1 + magnitude) / (255 * plane.size))  # a white picture reads 0


def main():
    """Print both once a second."""
    picture, sampler = Picture(), Sampler()
    while True:
        time.sleep(1)
        if sampler.rate:
            sound = sampler.latest()[-sampler.rate:, 0]  # one second: bins are 1 Hz apart
            for frequency, amplitude in strongest(*of_sound(sound, sampler.rate), 2):
                print(f'sound: {frequency:.0f} Hz, {20 * np.log10(amplitude):.1f} dBFS')
        image = picture.next()
        spectrum = of_picture(planes(image)[:, :image.width])  # of the first plane
        row, column = np.array(spectrum.shape) // 2
        print(f'picture: {spectrum.shape}, its mean {spectrum[row, column]:.1f} dB')


if __name__ == '__main__':
    with contextlib.suppress(KeyboardInterrupt):
        main()

"""Sound files of tones."""

import wave

import numpy as np


def write(path, frequency, amplitude, seconds, rate=44100):
    """Write a mono S16LE WAV file of a sine, amplitude 1.0 being full scale; return the path."""
    n = np.arange(int(seconds * rate))
    sine = np.round(32767 * amplitude * np.sin(2 * np.pi * frequency * n / rate)).astype('<i2')
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sine.tobytes())
    return str(path)

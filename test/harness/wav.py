"""WAV files, written and read by other programs."""

import subprocess
import wave

import numpy as np


def read(path):
    """Return the samples of a file of 16 bits as bytes, by Python's wave."""
    with wave.open(str(path), 'rb') as file:
        assert file.getsampwidth() == 2
        return file.readframes(file.getnframes())


def seconds(path):
    """Return the duration of a file [s], by ffprobe."""
    return float(subprocess.run(
        ['ffprobe', '-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path],
        check=True, capture_output=True, text=True).stdout)


def decoded(path):
    """Return the samples of a file as bytes of S16LE, by sox; its warnings are failures."""
    result = subprocess.run(['sox', path, '-t', 'raw', '-e', 'signed', '-b', '16', '-'],
                            check=True, capture_output=True)
    assert not result.stderr, result.stderr
    return result.stdout


def write(path, samples, rate=44100):
    """
    Write numbers in [-1, 1], frames or frames x channels, as S16LE.

    Return the numbers in the file, frames x channels.
    """
    integers = np.clip(np.round(np.asarray(samples) * 32768), -32768, 32767).astype('<i2')
    integers = integers.reshape(len(integers), -1)
    write_bytes(path, integers.tobytes(), integers.shape[1], rate)
    return integers / 32768


def write_bytes(path, data, channels=1, rate=44100):
    """Write samples as bytes of S16LE."""
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data)

"""WAV files, as others read them."""

import subprocess
import wave


def read(path):
    """Return the samples of a file of 16 bits as bytes, by Python's own reader."""
    with wave.open(str(path), 'rb') as file:
        assert file.getsampwidth() == 2
        return file.readframes(file.getnframes())


def seconds(path):
    """Return how long a file sounds, by ffprobe."""
    return float(subprocess.run(
        ['ffprobe', '-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', path],
        check=True, capture_output=True, text=True).stdout)


def decoded(path):
    """Return the samples of a file as bytes of S16LE, by sox; what it warns of is a failure."""
    result = subprocess.run(['sox', path, '-t', 'raw', '-e', 'signed', '-b', '16', '-'],
                            check=True, capture_output=True)
    assert not result.stderr, result.stderr
    return result.stdout

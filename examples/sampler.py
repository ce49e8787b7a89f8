"""
The last 1.5 seconds of sound as a NumPy array.

    python3 sampler.py --ros-args -r microphone/audio:=left/audio
"""

import contextlib
import threading
import time

from av_capture.msg import AudioData
from background import subscribe
import numpy as np

DECODE = {  # from the bytes of a block, by its encoding
    'U8': lambda data: data / 2**7 - 1,
    'S16LE': lambda data: data.view('<i2') / 2**15,
    'S24LE': lambda data: np.pad(data.reshape(-1, 3), ((0, 0), (1, 0))).view('<i4') / 2**31,
    'S32LE': lambda data: data.view('<i4') / 2**31,
    'F32LE': lambda data: data.view('<f4')}


def samples(block):
    """Return the samples of a block as numbers in [-1, 1], audio frames x channels."""
    return DECODE[block.encoding](np.frombuffer(block.data, np.uint8)).reshape(-1, block.channels)


class Sampler:
    """The newest audio frames of a topic, in a ring that a thread fills; lost ones are 0."""

    def __init__(self, topic='microphone/audio', size=66000):
        self._lock, self._size = threading.Lock(), size
        self._ring = np.zeros((size, 1))  # audio frame n is in row n % size
        self.end, self.rate = 0, 0  # audio frame after the newest one; [Hz]
        self._node = subscribe(AudioData, topic, self._heard, 200)

    def _heard(self, block):
        with self._lock:
            if block.first_frame < self.end or block.channels != self._ring.shape[1]:
                self._ring, self.end = np.zeros((self._size, block.channels)), 0  # a new start
            lost = np.zeros((min(self._size, block.first_frame - self.end), block.channels))
            new = np.concatenate([lost, samples(block)])[-self._size:]
            self.end, self.rate = block.first_frame + block.frame_count, block.sample_rate
            self._ring[np.arange(self.end - len(new), self.end) % self._size] = new

    def latest(self):
        """Return the newest audio frames, the oldest first: size x channels, in [-1, 1]."""
        with self._lock:
            return np.roll(self._ring, -self.end % self._size, axis=0)


if __name__ == '__main__':
    sampler = Sampler()
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            time.sleep(0.5)
            sound = sampler.latest()
            print(f'{sound.shape}, RMS {np.sqrt((sound**2).mean()):.3f}, peak {abs(sound).max():.3f}')

"""An ALSA sound card, controlled by Linux's own tools."""

import collections
import os
import re
import time

from .driver import Binding
from .tool import Running

# played: audio frames played since the start, at the time at [ns on CLOCK_MONOTONIC],
# which is exact to uncertainty [ns].
Progress = collections.namedtuple('Progress', 'played at uncertainty')


class SoundCard:
    """
    A card that captures with one of its devices.

    With snd-aloop, Linux's loopback card, device 1 captures the sound played into device 0,
    bit for bit.
    """

    def __init__(self, card, device):
        """Take the numbers of the card and of the device that captures."""
        self.card, self.device = card, device
        self._binding = Binding(f'/sys/class/sound/card{card}')

    @property
    def name(self):
        """Return the microphone node's name of the device."""
        return f'hw:{self.card},{self.device}'

    @property
    def is_free(self):
        """Return whether no program captures."""
        return self._status(f'pcm{self.device}c').strip() == 'closed'

    def progress(self):
        """Return the progress of the loopback's other end, from its driver."""
        before = time.monotonic_ns()
        status = self._status('pcm0p')
        after = time.monotonic_ns()
        position = re.search(r'hw_ptr *: (\d+)', status)
        assert position, f'nothing is being played: {status}'
        return Progress(int(position[1]), (before + after) // 2, (after - before) // 2)

    @property
    def is_playing(self):
        """Return whether the loopback's other end plays."""
        return 'state: RUNNING' in self._status('pcm0p')

    def _status(self, stream):
        with open(f'/proc/asound/card{self.card}/{stream}/sub0/status') as file:
            return file.read()

    def play(self, path):
        """Start to play a WAV file into the loopback's other end, from a buffer of a second."""
        return Running('aplay', '-q', '-D', f'hw:{self.card},0', '--buffer-time=1000000',
                       str(path))

    @property
    def loudspeaker(self):
        """Return audio_play's name of the loopback's other end."""
        return f'hw:{self.card},0'

    def record(self, path, encoding, rate, channels):
        """Start to write raw samples, of an encoding as ALSA calls it, into a file."""
        return Running('arecord', '-q', '-D', self.name, '-t', 'raw', '-f', encoding,
                       '-r', str(rate), '-c', str(channels), '--buffer-time=1000000', str(path))

    def hold(self):
        """Return another program that captures until it is ended."""
        return Running('arecord', '-q', '-D', f'plughw:{self.card},{self.device}', '-t', 'raw',
                       '-f', 'S16_LE', '-r', '44100', '-c', '1', '/dev/null')

    def unplug(self):
        """Take the card away."""
        self._binding.undo()

    def plug(self):
        """Give it back, if it was taken away."""
        self._binding.redo()

    @property
    def is_there(self):
        """Return whether the system has the card."""
        return os.path.exists(f'/proc/asound/card{self.card}')

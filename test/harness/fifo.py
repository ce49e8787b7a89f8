"""The FIFOs of PulseAudio's pipe sources and pipe sinks."""

import fcntl
import os
import threading
import time

from .deadline import until


class Player:
    """
    Writes samples into a FIFO at the rate of a sound card.

    A pipe source reads at any rate, so that the writer sets the pace by the monotonic
    clock: late on a busy machine, but never too fast on average.
    """

    PERIOD = 0.01  # [s]

    def __init__(self, path, content, rate, frame_size=2):
        """Start to write content, bytes of frame_size for each audio frame, at rate [Hz]."""
        self._stop = threading.Event()
        self.done = threading.Event()
        self._thread = threading.Thread(
            target=self._play, args=(path, content, rate, frame_size), daemon=True)
        self._thread.start()

    def _play(self, path, content, rate, frame_size):
        start = time.monotonic()
        position = 0
        try:
            with open(path, 'wb', buffering=0) as fifo:
                while position < len(content) and not self._stop.is_set():
                    due = int((time.monotonic() - start) * rate) * frame_size
                    while position < min(due, len(content)):
                        position += fifo.write(content[position:min(due, position + 4096)])
                    self._stop.wait(self.PERIOD)
        except BrokenPipeError:
            pass  # the server was ended by the test
        self.done.set()

    def close(self):
        """Stop writing. The server must still run, or have ended."""
        self._stop.set()
        self._thread.join()


class Loudspeaker:
    """
    Plays the sound of a pipe sink, and keeps it.

    A pipe sink writes at any rate, so that the reader sets the pace by the monotonic
    clock: late on a busy machine, but never too fast. It gets all sound, which parec on a
    monitor source may not on such a machine.
    """

    PERIOD = 0.005  # [s]
    CATCH_UP = 0.1  # [s] of sound that is read at once at most

    def __init__(self, path, rate, frame_size):
        """Start to take audio frames of frame_size bytes at rate [Hz]."""
        self._data = bytearray()
        self._stop = threading.Event()
        self._fifo = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        # The pipe's content adds delay.
        fcntl.fcntl(self._fifo, fcntl.F_SETPIPE_SZ, 4096)
        self._thread = threading.Thread(target=self._play, args=(rate, frame_size), daemon=True)
        self._thread.start()

    def _play(self, rate, frame_size):
        start = time.monotonic()
        while not self._stop.wait(self.PERIOD):
            due = int((time.monotonic() - start) * rate) * frame_size
            while len(self._data) < due:
                try:
                    taken = os.read(self._fifo, due - len(self._data))
                except BlockingIOError:
                    taken = b''
                if not taken:
                    break
                self._data += taken
            # A loudspeaker that is late, or had no server, does not play faster then.
            played = len(self._data) / (rate * frame_size)
            start = max(start, time.monotonic() - played - self.CATCH_UP)

    def data(self):
        """Return the sound played so far."""
        return bytes(self._data)

    def wait_for(self, content, process=None):
        """Wait until exactly these bytes were played, and return their offset."""
        return until(lambda: self._data.find(content) + 1, 'the sound', process) - 1

    def close(self):
        """Stop."""
        self._stop.set()
        self._thread.join()
        os.close(self._fifo)

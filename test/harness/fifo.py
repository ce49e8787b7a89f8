"""What a pipe source of PulseAudio hears."""

import threading
import time


class Player:
    """
    Writes samples into a FIFO at the rate at which a sound card would give them.

    A pipe source takes what it gets, so the pace is the writer's: by the monotonic
    clock, late on a busy machine but never too fast on the whole.
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
            pass  # the server has gone, as some tests want it
        self.done.set()

    def close(self):
        """Stop writing. The server must still run, or have ended."""
        self._stop.set()
        self._thread.join()

"""Terminals and files for a process's output, whose reader can stall or be gone."""

import os
import termios
import threading

from .process import executable


class Terminal:
    """A pseudo-terminal that is stopped, as by Ctrl-S, until go_on is called."""

    def __init__(self):
        """Open it, stopped."""
        self._master, self._slave = os.openpty()
        self.stop()
        self._text = b''
        self._reader = threading.Thread(target=self._read, daemon=True)

    def command(self, name='av_capture'):
        """Return the command that runs one of our executables with its output here."""
        return to_file(os.ttyname(self._slave), name)

    def stop(self):
        """Stop it."""
        termios.tcflow(self._slave, termios.TCOOFF)

    def go_on(self):
        """Go on, and read the output."""
        if not self._reader.is_alive():
            self._reader.start()
        termios.tcflow(self._slave, termios.TCOON)

    def text(self):
        """Return the output so far."""
        return self._text.decode(errors='replace')

    def close(self):
        """Close it, like a connection that ends."""
        os.close(self._slave)
        if self._reader.is_alive():
            self._reader.join()
        os.close(self._master)

    def _read(self):
        while True:
            try:
                data = os.read(self._master, 65536)
            except OSError:  # the last writer has closed it
                return
            self._text += data


def to_file(path, name='av_capture'):
    """Return the command that runs one of our executables with its output in a file."""
    return ['sh', '-c', 'exec "$@" >"$0" 2>"$0"', str(path), executable(name)]

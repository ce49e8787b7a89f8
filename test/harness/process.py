"""The installed executable, run as by a user."""

import os
from pathlib import Path
import re
import signal
import subprocess
import threading

from ament_index_python.packages import get_package_prefix

from .deadline import DEADLINE, until


def executable(name='av_capture'):
    """Return the path of an installed executable."""
    return os.path.join(get_package_prefix('av_capture'), 'lib', 'av_capture', name)


class Process:
    """
    One run of the executable (or of another program, for command).

    Its standard error and output are read line by line.
    """

    def __init__(self, arguments, environment, command=None):
        """Start it with arguments, and with environment added to this process's own."""
        self.command = [*(command or [executable()]), *map(str, arguments)]
        self._lines = []
        self._errors = []
        self._output = []
        self._child = subprocess.Popen(
            self.command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors='replace')
        self._readers = [
            threading.Thread(target=self._read, args=arguments, daemon=True)
            for arguments in ((self._child.stdout, self._output), (self._child.stderr, self._errors))]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, lines):
        for line in stream:
            lines.append(line.rstrip('\n'))
            self._lines.append(line.rstrip('\n'))

    @property
    def pid(self):
        """Return the process id."""
        return self._child.pid

    @property
    def running(self):
        """Return whether it still runs."""
        return self._child.poll() is None

    def peak_memory(self):
        """Return its peak resident memory [bytes]."""
        status = Path(f'/proc/{self.pid}/status').read_text()
        return int(re.search(r'VmHWM:\s*(\d+) kB', status)[1]) << 10

    def lines(self, pattern=''):
        """Return the lines so far that match the regular expression."""
        return [line for line in list(self._lines) if re.search(pattern, line)]

    def complaints(self):
        """Return warnings and errors, but for images that a busy machine has lost."""
        return [line for line in self.lines('WARN|ERROR') if 'images lost' not in line]

    def output(self):
        """Return the lines of its standard output so far."""
        return list(self._output)

    def errors(self):
        """Return the lines of its standard error so far."""
        return list(self._errors)

    def text(self):
        """Return the command and all of its output, for failures."""
        return '\n'.join(['$ ' + ' '.join(self.command), *self.lines()])

    def wait_for_line(self, pattern):
        """Wait for a line that matches the regular expression; return the first."""
        return until(lambda: self.lines(pattern), f'a line like {pattern}', self)[0]

    def check_running(self, what):
        """Fail if it has ended during the wait for what."""
        if not self.running:
            self._join()
            raise AssertionError(
                f'ended with status {self._child.returncode} before: {what}\n{self.text()}')

    def status(self, progress=None):
        """
        Wait for its end and return its exit status, negative for a signal.

        progress() returns its progress, see Deadline.
        """
        try:
            until(lambda: not self.running, 'its end', progress=progress)
        except AssertionError as failure:
            self.kill()
            raise AssertionError(f'{failure}\n{self.text()}') from None
        self._join()
        return self._child.returncode

    def send(self, number):
        """Send it a signal."""
        self._child.send_signal(number)

    def end(self, number=signal.SIGINT):
        """End it by a signal, and require exit status 0."""
        if self.running:
            self._child.send_signal(number)
        status = self.status()
        assert status == 0, f'ended with status {status}, want 0\n{self.text()}'
        assert not self.lines(r'^panic:|^fatal error:|DATA RACE|runtime error'), self.text()

    def kill(self):
        """End it at once, if it runs."""
        if self.running:
            self._child.kill()
        self._child.wait()
        self._join()

    def _join(self):
        """Wait until all of its output is read."""
        for reader in self._readers:
            reader.join(DEADLINE)

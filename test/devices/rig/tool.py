"""Linux's own command line tools."""

import subprocess

from harness.deadline import Deadline


def run(*command):
    """Run a command to its end and return its output; a failure is an AssertionError."""
    running = Running(*command)
    try:
        return running.wait()
    finally:
        running.end()


class Running:
    """A command that runs until it is ended."""

    def __init__(self, *command):
        """Start it."""
        self.command = ' '.join(command)
        self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    @property
    def holder(self):
        """Return the nodes' description of it as a holder of a device."""
        return f'{self.command.split()[0]} (process {self._child.pid})'

    def wait(self, progress=None):
        """
        Wait for its end and return its output; a failure is an AssertionError.

        progress() returns its progress, see Deadline.
        """
        deadline, output = Deadline(), None
        while output is None:
            try:
                output = self._child.communicate(timeout=0.2)[0].decode(errors='replace')
            except subprocess.TimeoutExpired:
                if deadline.passed(progress and progress()):
                    raise AssertionError(deadline.failure(f'the end of {self.command}')) from None
        assert self._child.returncode == 0, (
            f'{self.command}: status {self._child.returncode}: {output}')
        return output

    def end(self):
        """End it, if it runs."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.communicate()

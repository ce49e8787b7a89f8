"""Linux's own command line tools."""

import subprocess

from harness.deadline import DEADLINE


def run(*command):
    """Run a command to its end and return its output; a failure is an AssertionError."""
    running = Running(*command)
    try:
        return running.wait(DEADLINE)
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
        """Return it as the nodes name who has a device."""
        return f'{self.command.split()[0]} (process {self._child.pid})'

    def wait(self, deadline):
        """Wait for its end and return what it said; a failure is an AssertionError."""
        try:
            output = self._child.communicate(timeout=deadline)[0].decode(errors='replace')
        except subprocess.TimeoutExpired:
            raise AssertionError(f'{self.command}: not within {deadline:g} s') from None
        assert self._child.returncode == 0, (
            f'{self.command}: status {self._child.returncode}: {output}')
        return output

    def end(self):
        """End it, if it runs."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.communicate()

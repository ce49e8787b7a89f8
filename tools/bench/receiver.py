"""A subscriber that costs little, in a process of its own."""

import os
import signal
import subprocess

from publisher import environment

RECEIVER = os.path.join(os.path.dirname(__file__), '../../build/bench/receiver')


class Receiver:
    """A process that takes the messages of some topics."""

    def __init__(self, domain, *topics):
        """Start it, and wait until it has subscribed."""
        self._child = subprocess.Popen([RECEIVER, *topics], env=environment(domain),
                                       stdout=subprocess.PIPE, text=True)
        self.wait()

    def wait(self):
        """Wait for its next line: it has subscribed, then each topic has given a message."""
        if not self._child.stdout.readline():
            raise RuntimeError(f'a receiver ended with status {self._child.wait()}')

    def __enter__(self):
        """Return it."""
        return self

    def __exit__(self, *_):
        """End it."""
        self._child.send_signal(signal.SIGINT)
        try:
            self._child.wait(20)
        finally:
            self._child.kill()
            self._child.wait()
            self._child.stdout.close()

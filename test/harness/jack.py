"""A JACK server for one test, without hardware."""

import glob
import itertools
import os
import signal
import subprocess

from .deadline import until
from .process import Process

_numbers = itertools.count()


class JackServer:
    """
    A server whose capture ports give silence, until something else is connected.

    It ends by its process id and can be started again, as after a crash.
    """

    RATE, CHANNELS = 48000, 2

    def __init__(self):
        """Start the server, under a name that is unique on this machine."""
        self._name = f'av_capture-{os.getpid()}-{next(_numbers)}'
        self.environment = {
            'JACK_DEFAULT_SERVER': self._name,
            'JACK_NO_START_SERVER': '1',
            'JACK_NO_AUDIO_RESERVATION': '1',  # by D-Bus, which may be missing
            'PULSE_SERVER': 'unix:/nowhere',
        }
        self._server = None
        self.start()

    def start(self):
        """Start the server, without real-time priority, which needs a permission."""
        self._server = Process(
            ['--name', self._name, '--no-realtime', '-d', 'dummy', '--rate', self.RATE,
             '--capture', self.CHANNELS, '--playback', self.CHANNELS],
            self.environment, command=['jackd'])
        until(lambda: self._run('jack_lsp').returncode == 0, 'an answer of JACK', self._server)

    def _run(self, *command):
        return subprocess.run(command, env={**os.environ, **self.environment}, check=False,
                              capture_output=True, text=True)

    def ports(self, word):
        """Return the names of clients' ports with a word in them, in order."""
        return sorted(port for port in self._run('jack_lsp').stdout.split()
                      if word in port and not port.startswith('system:'))

    def connect(self, source, sink):
        """Connect a port to another one, as the only source."""
        for line in self._run('jack_lsp', '-c', sink).stdout.splitlines():
            if line.startswith(' '):
                self._run('jack_disconnect', line.strip(), sink)
        result = self._run('jack_connect', source, sink)
        assert result.returncode == 0, result.stderr

    def kill(self):
        """End the server as a crash would."""
        self._server.kill()

    def close(self):
        """End the server, and remove the shared memory of killed ones."""
        if self._server.running:
            self._server.send(signal.SIGTERM)
            self._server.status()
        for path in glob.glob(f'/dev/shm/jack_sem.*{self._name}_*'):
            os.unlink(path)

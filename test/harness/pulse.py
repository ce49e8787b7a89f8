"""A PulseAudio server for one test."""

import os
import shutil
import subprocess
import tempfile

from .deadline import until
from .process import Process


# PulseAudio's names of the values of encoding.
FORMATS = {'S16LE': 's16le', 'S24LE': 's24le', 'S32LE': 's32le', 'F32LE': 'float32le', 'U8': 'u8'}


class PulseServer:
    """
    A sound system without hardware, reachable only by the tests' programs.

    It ends by its process id and can be started again, as after a crash.
    """

    def __init__(self):
        """Start the server, without any device."""
        # Not pytest's folder: the path of a socket has at most 107 bytes.
        self.folder = tempfile.mkdtemp(prefix='av_capture-pulse-')
        self.socket = os.path.join(self.folder, 'native')
        self.environment = {
            'XDG_RUNTIME_DIR': self.folder,
            'PULSE_RUNTIME_PATH': self.folder,
            'PULSE_STATE_PATH': self.folder,
            'PULSE_SERVER': 'unix:' + self.socket,
        }
        self._modules = []
        self._server = None
        self.start()

    def start(self):
        """Start the server with the devices of before."""
        arguments = [
            '-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no',
            '--high-priority=no', '--realtime=no', '--log-target=stderr',
            '-L', f'module-native-protocol-unix socket={self.socket} auth-anonymous=1']
        for module in self._modules:
            arguments += ['-L', module]
        # The server itself must not connect to PULSE_SERVER.
        own = {**self.environment, 'HOME': self.folder, 'PULSE_SERVER': ''}
        self._server = Process(arguments, own, command=['pulseaudio'])
        until(self._answers, 'an answer of the PulseAudio server', self._server)

    def _answers(self):
        return self._run('pactl', 'info').returncode == 0

    def _run(self, *command, **options):
        return subprocess.run(
            command, env={**os.environ, **self.environment}, check=False,
            capture_output=True, text=True, **options)

    def load(self, module):
        """Load a module, now and at each later start of the server; return its index."""
        result = self._run('pactl', 'load-module', *module.split(' '))
        assert result.returncode == 0, f'{module}: {result.stderr}'
        self._modules.append(module)
        return result.stdout.strip()

    def unload(self, index):
        """Remove a module until the next start, like a cable that is pulled."""
        result = self._run('pactl', 'unload-module', index)
        assert result.returncode == 0, result.stderr

    def add_null_sink(self, name, rate=44100, channels=1):
        """Add a sink whose monitor is the default source: a microphone for its sound."""
        return self.load(f'module-null-sink sink_name={name} rate={rate} channels={channels} '
                         f'sink_properties=device.description={name}')

    def add_pipe_source(self, name, rate=44100, channels=1, encoding='S16LE'):
        """Add a source that captures from a FIFO; return the FIFO's path."""
        path = os.path.join(self.folder, name + '.fifo')
        written = {'F32LE': 'float32le'}.get(encoding, encoding.lower())
        self.load(f'module-pipe-source source_name={name} file={path} format={written} '
                  f'rate={rate} channels={channels} source_properties=device.description={name}')
        return path

    def play(self, path, sink):
        """Start to play a sound file into a sink."""
        return Process([f'--device={sink}', path], self.environment, command=['paplay'])

    def add_pipe_sink(self, name, rate=44100, channels=1, encoding='S16LE', positions=None):
        """Add a sink that plays to a FIFO; return the FIFO's path."""
        path = os.path.join(self.folder, name + '.fifo')
        places = f' channel_map={positions}' if positions else ''
        self.load(f'module-pipe-sink sink_name={name} file={path} format={FORMATS[encoding]} '
                  f'rate={rate} channels={channels} '
                  f'sink_properties=device.description={name}{places}')
        return path

    def playing(self):
        """Return the present playback streams, one line each."""
        return self._run('pactl', 'list', 'short', 'sink-inputs').stdout.splitlines()

    @property
    def pid(self):
        """Return the server's process id."""
        return self._server.pid

    def recordings(self):
        """Return the present recording streams, one line each."""
        return self._run('pactl', 'list', 'short', 'source-outputs').stdout.splitlines()

    def kill(self):
        """End the server as a crash would."""
        self._server.kill()
        if os.path.exists(self.socket):
            os.unlink(self.socket)

    def close(self):
        """End the server and remove its files."""
        self._server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

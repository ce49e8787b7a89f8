"""make run's script: what ends it ends the nodes and the page, and it waits for them."""

import contextlib
import os
from pathlib import Path
import pty
import signal
import subprocess
import threading

from harness.deadline import until
from harness.parameters import arguments
import pytest

SCRIPT = ['bash', str(Path(__file__).parents[1] / 'tools' / 'run.sh')]
SYNTHETIC = [*arguments('camera', {'source': 'synthetic'}),
             *arguments('microphone', {'source': 'synthetic'})]


def children(pid):
    """Return the processes that a process has started: the nodes and the page."""
    return [int(child) for path in Path(f'/proc/{pid}/task').glob('*/children')
            for child in path.read_text().split()]


def gone(pid):
    """Return whether a process has ended and was waited for."""
    return not os.path.exists(f'/proc/{pid}')


def test_a_signal_to_the_script_ends_all_cleanly(av_capture):
    process = av_capture(*SYNTHETIC, command=SCRIPT)
    process.wait_for_line('see and hear it: http')
    process.wait_for_line('blocks/s')
    started = children(process.pid)
    assert len(started) == 2
    process.end(signal.SIGTERM)
    assert all(map(gone, started))


@pytest.mark.parametrize('end, status', [
    (lambda _, terminal: os.write(terminal, b'\x03'), 0),  # Ctrl-C
    (lambda _, terminal: os.write(terminal, b'\x1a'), 128 + signal.SIGTSTP),  # Ctrl-Z
    (lambda script, _: script.send_signal(signal.SIGHUP), -signal.SIGHUP),
])
def test_at_a_terminal(domain, tmp_path, end, status):
    terminal, inside = pty.openpty()
    errors = tmp_path / 'errors'
    with open(errors, 'w') as file:
        script = subprocess.Popen(
            ['setsid', '--ctty', *SCRIPT, *map(str, SYNTHETIC)],
            stdin=inside, stdout=inside, stderr=file, env={
                **os.environ, 'ROS_DOMAIN_ID': str(domain), 'ROS_LOG_DIR': str(tmp_path / 'log')})
    os.close(inside)
    output = bytearray()

    def read():
        with contextlib.suppress(OSError):  # all who have it open have ended
            while part := os.read(terminal, 4096):
                output.extend(part)
    reader = threading.Thread(target=read)
    reader.start()
    started = []
    try:
        until(lambda: (b'http://' in output and b'blocks/s' in output)
              or script.poll() is not None, 'nodes and page')
        assert script.poll() is None, errors.read_text()
        started = children(script.pid)
        assert len(started) == 2
        until(lambda: os.tcgetpgrp(terminal) in started, 'the terminal for the nodes')
        end(script, terminal)
        assert until(lambda: script.poll() is not None and [script.returncode], 'the end') == [status]
        assert all(map(gone, started)), output.decode()
        assert 'run.sh' not in errors.read_text()  # what bash says begins with it
        started.clear()
    finally:
        for pid in started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        script.kill()
        script.wait()
        reader.join()
        os.close(terminal)

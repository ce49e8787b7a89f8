"""Runs programs and waits for what they print."""

import queue
import subprocess
import threading
import time

# Seconds after which something that has not happened counts as an error.
DEADLINE = 90


def wait_for(condition, what, work=lambda: time.sleep(0.01)):
    """Return the value of condition() as soon as it is true, calling work() meanwhile."""
    end = time.monotonic() + DEADLINE
    while not (result := condition()):
        assert time.monotonic() < end, f'{what}: not within {DEADLINE} s'
        work()
    return result


class Process:
    """A running program, whose lines of output and errors are one stream."""

    def __init__(self, *command):
        self.lines = []  # that line() has passed
        self._process = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._queue = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        if self._process.poll() is None:
            self._process.terminate()
        self.wait()

    def _read(self):
        for line in self._process.stdout:
            self._queue.put(line.rstrip('\n'))

    def send(self, line):
        """Write a line to the program."""
        self._process.stdin.write(line + '\n')
        self._process.stdin.flush()

    def line(self, wanted, work=lambda: time.sleep(0.01)):
        """Return the next line that wanted(line) holds for, calling work() meanwhile."""
        def find():
            while not self._queue.empty():
                self.lines.append(self._queue.get())
                if wanted(self.lines[-1]):
                    return True
            assert self._process.poll() is None or not self._queue.empty() or self._reader.is_alive(), \
                f'the program has ended, after {self.lines}'
            return False
        try:
            wait_for(find, 'a line', work)
        except AssertionError as error:
            raise AssertionError(f'{error}; it printed {self.lines}') from None
        return self.lines[-1]

    def wait(self, work=lambda: time.sleep(0.01)):
        """Wait for the end of the program, calling work() meanwhile; return its exit status and lines."""
        try:
            wait_for(lambda: self._process.poll() is not None, 'the end of the program', work)
        except AssertionError:
            self._process.kill()
            raise
        self._reader.join()
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        self._process.stdout.close()
        return self._process.returncode, self.lines

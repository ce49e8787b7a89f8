"""Talks with the Go program over its standard input and output."""

import itertools
import json
import queue
import subprocess
import threading
import time

# Seconds after which something that has not happened counts as an error.
DEADLINE = 90


class GoError(Exception):
    """The Go program answered with an error."""


class GoProgram:
    """The running Go program; see program/main.go for what it understands."""

    def __init__(self, path):
        self._process = subprocess.Popen([str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._ids = itertools.count(1)
        self._reports = queue.Queue()
        self._answers = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self.report()['Report'] == 'ready'

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        try:
            status = self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        assert status == 0, f'the Go program ended with exit status {status}'

    def _read(self):
        for line in self._process.stdout:
            event = json.loads(line)
            (self._answers if 'ID' in event else self._reports).put(event)
        self._reports.put({'Report': 'failed', 'Error': 'the Go program has ended'})
        self._answers.put({'ID': 0, 'Error': 'the Go program has ended'})

    def start(self, command, name, message=None):
        """Give a command without waiting for the answer."""
        line = {'ID': next(self._ids), 'Command': command, 'Type': name, 'Message': message}
        self._process.stdin.write(json.dumps(line) + '\n')
        self._process.stdin.flush()
        return line['ID']

    def answer(self, identifier, wait=lambda: None):
        """Return the answer to a command, calling wait() meanwhile."""
        line = self._next(self._answers, wait)
        if line.get('Error'):
            raise GoError(line['Error'])
        assert line['ID'] == identifier
        return line['Message']

    def do(self, command, name, message=None):
        """Give a command and return the answer."""
        return self.answer(self.start(command, name, message))

    def report(self, wait=lambda: None):
        """Return the next report, calling wait() meanwhile."""
        line = self._next(self._reports, wait)
        if line['Report'] == 'failed':
            raise GoError(line['Error'])
        return line

    @staticmethod
    def _next(lines, wait):
        end = time.monotonic() + DEADLINE
        while True:
            wait()
            try:
                return lines.get(timeout=0.01)
            except queue.Empty:
                if time.monotonic() > end:
                    raise TimeoutError(f'nothing from the Go program for {DEADLINE} s') from None

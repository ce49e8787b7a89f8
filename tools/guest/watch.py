#!/usr/bin/env python3
"""
Runs a command, shows its output as it comes, and ends it when it says nothing any more.

    watch.py SECONDS ANSWER COMMAND [ARGUMENT…]

However long the command takes, it goes on as long as it says something, be it less than
a line. After SECONDS of silence it gets a line on its standard input, has ANSWER seconds
to say what holds it up, and is ended: status 124. Otherwise the status is the command's.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time

SILENT = 124  # as timeout has it
LOOKS = 30  # at a silent command's output until it is ended
PATIENCE = 5  # [s] for an end that was asked for by SIGTERM


def show(output, seconds, answering=False):
    """
    Show what comes; return True at the output's end, False after seconds of silence.

    answering ends it after that time, whatever comes. Time is counted in looks at the
    output: a machine that stands still delays them as it delays the command.
    """
    looks = LOOKS
    while looks > 0:
        start = time.monotonic()
        if not select.select([output], [], [], seconds / LOOKS)[0]:
            looks -= 1
            continue
        data = os.read(output, 65536)
        if not data:
            return True
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        if answering:
            looks -= (time.monotonic() - start) / (seconds / LOOKS)
        else:
            looks = LOOKS
    return False


def ended(child, seconds):
    """Return the status of a command that has closed its output."""
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        return SILENT
    return status if status >= 0 else 128 - status


def end(child):
    """End the command, if it runs."""
    child.terminate()
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def main(seconds, answer, *command):
    """Run the command and return its status as a shell has it."""
    # The end of this program ends the command too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
    try:
        output = child.stdout.fileno()
        if show(output, float(seconds)):
            return ended(child, float(seconds))
        with contextlib.suppress(BrokenPipeError):  # it reads nothing
            os.write(child.stdin.fileno(), b'\n')
        show(output, float(answer), answering=True)
        return SILENT
    finally:
        end(child)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))

"""Waiting for conditions."""

import time

DEADLINE = 60.0  # [s] far longer than any step on a busy machine of 2 cores
TICK = 0.02  # [s] between two polls of a condition


class Deadline:
    """
    The time until which a condition has to hold: DEADLINE from now on.

    Progress extends it: a number that grows while the work goes on, and that is bounded if
    the condition never holds. A slow machine may thus take longer.
    """

    def __init__(self):
        """Begin."""
        self._end = time.monotonic() + DEADLINE
        self._furthest = None

    def passed(self, progress=None):
        """Return whether it has passed; progress beyond the furthest so far restarts it."""
        if progress is not None and (self._furthest is None or progress > self._furthest):
            self._furthest = progress
            self._end = time.monotonic() + DEADLINE
        return time.monotonic() > self._end

    def failure(self, what):
        """Return the text of a failure: the awaited event, and the progress."""
        came = '' if self._furthest is None else f', progress ended at {self._furthest}'
        return f'not within {DEADLINE:g} s: {what}{came}'


def until(condition, what, process=None, progress=None):
    """
    Wait until condition() is true and return its value.

    what names the condition in the failure. The end of process is a failure at once.
    progress() returns the progress, see Deadline.
    """
    deadline = Deadline()
    while True:
        value = condition()
        if value:
            return value
        if process is not None:
            process.check_running(what)
        if deadline.passed(progress and progress()):
            text = '' if process is None else '\n' + process.text()
            raise AssertionError(deadline.failure(what) + text)
        time.sleep(TICK)

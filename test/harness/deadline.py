"""Waiting for conditions."""

import time

DEADLINE = 60.0  # [s] far beyond what anything takes on a busy machine of 2 cores
TICK = 0.02  # [s] between two looks at a condition that nobody signals


def until(condition, what, process=None, deadline=DEADLINE):
    """
    Wait until condition() is true and return its value.

    what says in the failure what was waited for. A process that ends meanwhile
    is a failure at once.
    """
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if process is not None:
            process.check_running(what)
        if time.monotonic() > end:
            text = '' if process is None else '\n' + process.text()
            raise AssertionError(f'not within {deadline:g} s: {what}{text}')
        time.sleep(TICK)

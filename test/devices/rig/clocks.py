"""The system's time and CLOCK_MONOTONIC, which drivers stamp with."""

import time


def system_ahead():
    """Return by how much the system's time is ahead of CLOCK_MONOTONIC [ns]."""
    readings = []
    for _ in range(20):
        before = time.monotonic_ns()
        system = time.time_ns()
        after = time.monotonic_ns()
        # The narrowest of them was not interrupted.
        readings.append((after - before, system - (before + after) // 2))
    return min(readings)[1]

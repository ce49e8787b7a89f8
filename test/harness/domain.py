"""A DDS domain for each test, so that tests and test runs never hear each other."""

import contextlib
import fcntl
import itertools
import os
import tempfile

from .deadline import until

FIRST, LAST = 60, 79
_next = itertools.count(os.getpid())


@contextlib.contextmanager
def reserved():
    """Yield a ROS_DOMAIN_ID that no other test of this machine has until the end."""
    number, lock = until(_lock_any, f'a free domain from {FIRST} to {LAST}')
    with lock:  # closing the file unlocks it
        yield number


def _lock_any():
    """Return a domain and its locked file, or None when all are taken."""
    count = LAST - FIRST + 1
    start = next(_next)
    for i in range(count):
        number = FIRST + (start + i) % count
        path = os.path.join(tempfile.gettempdir(), f'av_capture-test-domain-{number}.lock')
        lock = open(path, 'a')
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return number, lock
    return None

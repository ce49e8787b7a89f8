"""A DDS domain for each test, which isolates tests and test runs from each other."""

import contextlib
import itertools
import os
import socket

from .deadline import until

FIRST, LAST = 60, 79
_next = itertools.count(os.getpid())


@contextlib.contextmanager
def reserved():
    """Yield a ROS_DOMAIN_ID that no other test on this network uses until the end."""
    number, lock = until(_lock_any, f'a free domain from {FIRST} to {LAST}')
    with lock:
        yield number


def _lock_any():
    """
    Return a domain and the socket that locks it, or None when all are taken.

    Abstract sockets have the scope of DDS on the loopback device: the network namespace,
    with the chroots and containers that share it. The kernel closes them with the process.
    """
    count = LAST - FIRST + 1
    start = next(_next)
    for i in range(count):
        number = FIRST + (start + i) % count
        lock = socket.socket(socket.AF_UNIX)
        try:
            lock.bind(f'\0av_capture-test-domain-{number}')
        except OSError:
            lock.close()
            continue
        return number, lock
    return None

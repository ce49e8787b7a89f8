"""The guest's system clock, stepped as by an NTP client."""

import ctypes
import os
import socket

# linux/timex.h
ADJ_SETOFFSET, ADJ_NANO = 0x0100, 0x2000


class Timex(ctypes.Structure):
    """The argument of adjtimex(2); of its other fields only the size matters."""

    _fields_ = [('modes', ctypes.c_uint), *[(f'_{i}', ctypes.c_long) for i in range(4)],
                ('status', ctypes.c_int), *[(f'_{i}', ctypes.c_long) for i in range(4, 7)],
                ('seconds', ctypes.c_long), ('nanoseconds', ctypes.c_long),
                ('_rest', ctypes.c_long * 20)]


class SystemClock:
    """The system's time of the virtual machine, which is stepped and restored."""

    def __init__(self):
        """Refuse other machines than the guest, whose clocks stay untouched."""
        assert (os.environ.get('AV_CAPTURE_TEST_DEVICES'), socket.gethostname()) == (
            'virtual', 'guest'), 'only the clock of the virtual machine may be set'
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._off = 0.0  # [s]

    def step(self, seconds):
        """Step it by seconds, at once and exactly."""
        whole = int(seconds // 1)
        change = Timex(modes=ADJ_SETOFFSET | ADJ_NANO, seconds=whole,
                       nanoseconds=round((seconds - whole) * 1e9))
        if self._libc.adjtimex(ctypes.byref(change)) < 0:
            raise OSError(ctypes.get_errno(), 'adjtimex')
        self._off += seconds

    def restore(self):
        """Undo all steps."""
        self.step(-self._off)

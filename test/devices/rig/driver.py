"""Unplugging: what a cable that is pulled does to a driver."""

import os
import threading

from harness.deadline import DEADLINE


class Binding:
    """The tie between a device and its driver, which the kernel lets root undo."""

    def __init__(self, class_device):
        """Find the device and the driver behind a folder of /sys/class that is there now."""
        device = os.path.realpath(os.path.join(class_device, 'device'))
        self._name = os.path.basename(device)
        self._driver = os.path.realpath(os.path.join(device, 'driver'))
        self._unbinding = None

    def undo(self):
        """
        Take the device from its driver, as unplugging does.

        The kernel may wait until every program has closed the device: this only begins it.
        """
        self._unbinding = threading.Thread(target=self._write, args=('unbind',), daemon=True)
        self._unbinding.start()

    def redo(self):
        """Give the device back to its driver, if undo took it, once every program let go of it."""
        if self._unbinding is None:
            return
        self._unbinding.join(DEADLINE)
        assert not self._unbinding.is_alive(), (
            f'{self._name} has been unplugged for {DEADLINE:g} s and is still held open')
        self._unbinding = None
        self._write('bind')

    def _write(self, file):
        with open(os.path.join(self._driver, file), 'w') as control:
            control.write(self._name)

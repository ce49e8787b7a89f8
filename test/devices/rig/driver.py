"""Unplugging, by unbinding a device from its driver."""

import os
import threading

from harness.deadline import DEADLINE


class Binding:
    """The binding of a device to its driver, which root can undo."""

    def __init__(self, class_device):
        """Find the device and the driver of a present folder of /sys/class."""
        device = os.path.realpath(os.path.join(class_device, 'device'))
        self._name = os.path.basename(device)
        self._driver = os.path.realpath(os.path.join(device, 'driver'))
        self._unbinding = None

    def undo(self):
        """
        Begin to unbind the device, as unplugging does.

        The kernel may wait until every program has closed the device.
        """
        self._unbinding = threading.Thread(target=self._write, args=('unbind',), daemon=True)
        self._unbinding.start()

    def redo(self):
        """Bind the device again after undo, once every program has closed it."""
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

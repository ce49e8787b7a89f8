"""
A program that subscribes reliably to a topic until it is ended, in a process of its own.

It prints the number of messages and the number of periods that their stamps leave out: at
the start, with the first message, and then about once a second. Its arguments are the
topic, the type of its messages (image or audio) and their period [s].
"""

import struct
import sys
import time

from av_capture.msg import AudioData
import rclpy
from sensor_msgs.msg import Image

TYPES = {'image': Image, 'audio': AudioData}
STAMP = struct.Struct('<iI')  # after the 4 bytes of the CDR header, little-endian


class Counter:
    """Counts messages."""

    def __init__(self, period):
        """Start with none, period [s] apart."""
        self._period = period
        self._received = self._missing = 0
        self._stamp = None  # [s]
        self._printed = -1.0

    def take(self, serialized):
        """Take a serialized message: deserializing an image takes long."""
        seconds, nanoseconds = STAMP.unpack_from(serialized, 4)
        stamp = seconds + nanoseconds * 1e-9
        if self._stamp is not None:
            self._missing += max(0, round((stamp - self._stamp) / self._period) - 1)
        self._stamp = stamp
        self._received += 1
        if time.monotonic() - self._printed > 1:
            self._printed = time.monotonic()
            print(self._received, self._missing, flush=True)


def main(topic, message_type, period):
    """Listen."""
    rclpy.init(args=[])
    node = rclpy.create_node('counter')
    node.create_subscription(
        TYPES[message_type], topic, Counter(float(period)).take, 10, raw=True)
    print(0, 0, flush=True)
    rclpy.spin(node)


if __name__ == '__main__':
    main(*sys.argv[1:])

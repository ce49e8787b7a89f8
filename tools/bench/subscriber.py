#!/usr/bin/env python3
"""
Subscribe to a topic from a process of its own and measure what arrives.

Prints a line "warm" when the first messages have come, so that their reader may
take the publisher's CPU time, and a line of JSON when all have. It counts by
the number that each message carries (its stamp in periods, its first_frame),
not by what arrives: what is lost ends the measurement too.
"""

import argparse
import json
import os
import struct
import sys
import time

from av_capture.msg import AudioData
import rclpy
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

TYPES = {'image': Image, 'audio': AudioData, 'jpeg': CompressedImage}
try:
    from ffmpeg_image_transport_msgs.msg import FFMPEGPacket
    TYPES['video'] = FFMPEGPacket
except ImportError:
    pass
STAMP = struct.Struct('<iI')  # after the 4 bytes that open a CDR message: little-endian


def parse_arguments():
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('topic')
    parser.add_argument('--type', choices=TYPES, default='image')
    parser.add_argument('--period', type=float, required=True, help='of the messages [s]')
    parser.add_argument('--count', type=int, default=200, help='messages to measure')
    parser.add_argument('--warm', type=int, default=20, help='messages before that')
    parser.add_argument('--depth', type=int, default=5)
    parser.add_argument('--best-effort', action='store_true')
    parser.add_argument('--limit', type=float, default=20.0,
                        help='end so long after the first message [s]')
    parser.add_argument('--published', metavar='TOPIC',
                        help='a topic with the stamp of each image that was published: what '
                             'its source left out, the machine being busy, is not lost')
    parser.add_argument('--raw', action='store_true', help='leave messages serialised')
    parser.add_argument('--priority', type=int, help='real-time priority of all its threads')
    return parser.parse_args()


def stamp_of(serialised):
    """Return the stamp of a message that begins with a header [ns]."""
    seconds, nanoseconds = STAMP.unpack_from(serialised, 4)
    return seconds * 10**9 + nanoseconds


class Measurement:
    """What the messages tell."""

    def __init__(self, options):
        """Start empty."""
        self.options = options
        self.first = None  # [ns] stamp of the first message
        self.first_arrival = None  # [ns] system time
        self.numbers = []  # since the first message, in periods
        self.published = set()  # the same of what was sent, if anybody tells
        self.waiting = []  # [ns] stamps from before the first message
        self.latencies = []  # [s] from stamp to callback
        self.bytes = 0  # of serialised messages
        self.warm = False  # the line is out
        self.done = False

    def take(self, message):
        """Take one message (the subscription's callback)."""
        now = time.time_ns()
        if self.done:
            return
        if self.options.raw:
            stamp = stamp_of(message)
        else:
            stamp = message.header.stamp.sec * 10**9 + message.header.stamp.nanosec
        if self.first is None:
            self.first, self.first_arrival = stamp, now
        number = self.number(stamp)
        if number < self.options.warm:
            return
        if not self.numbers:
            self.warm = True
            print('warm', flush=True)
        self.numbers.append(number)
        self.latencies.append((now - stamp) / 1e9)
        if self.options.raw:
            self.bytes += len(message)
        self.done = number - self.numbers[0] >= self.options.count

    def number(self, stamp):
        """Return the number of periods from the first message to a stamp."""
        return round((stamp - self.first) / (self.options.period * 1e9))

    def sent(self, message):
        """Take what was published with each image (a callback)."""
        self.waiting.append(stamp_of(message))
        if self.first is not None:
            self.published.update(map(self.number, self.waiting))
            self.waiting.clear()

    def told(self):
        """Return whether all that was published is known."""
        return not self.numbers or (bool(self.published) and max(self.published) >= self.numbers[-1])

    def look(self, started):
        """End if next to nothing has come for too long."""
        begun = started if self.first_arrival is None else self.first_arrival
        if time.time_ns() - begun < 1e9 * self.options.limit:
            return
        if not self.warm:
            print('warm', flush=True)
        self.done = True

    def result(self):
        """Return the measurements, for JSON."""
        periods = self.numbers[-1] - self.numbers[0] + 1 if self.numbers else 0
        due = periods
        if self.options.published and self.numbers:
            due = sum(self.numbers[0] <= n <= self.numbers[-1] for n in self.published)
        return {
            'skipped': 1 - due / periods if periods else 0,
            'first_arrival': self.first_arrival and self.first_arrival / 1e9,
            'due': due,
            'arrived': len(self.numbers),
            'lost': 1 - len(self.numbers) / due if due else 1,
            'latency': self.latencies,
            'bytes': self.bytes,
        }


def main():
    """Measure once."""
    options = parse_arguments()
    if options.priority:  # which the middleware's threads inherit
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(options.priority))
    rclpy.init(args=[])
    node = rclpy.create_node('bench_subscriber')
    measurement = Measurement(options)
    node.create_subscription(TYPES[options.type], options.topic, measurement.take, QoSProfile(
        reliability=ReliabilityPolicy.BEST_EFFORT if options.best_effort
        else ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.VOLATILE,
        history=HistoryPolicy.KEEP_LAST, depth=options.depth), raw=options.raw)
    if options.published:
        node.create_subscription(CameraInfo, options.published, measurement.sent, 1000, raw=True)
    started = time.time_ns()
    while not measurement.done:
        rclpy.spin_once(node, timeout_sec=1.0)
        measurement.look(started)
    patience = time.monotonic() + 10
    while options.published and not measurement.told() and time.monotonic() < patience:
        rclpy.spin_once(node, timeout_sec=1.0)
    print(json.dumps(measurement.result()), flush=True)
    # Nothing of DDS is taken down while the publisher is still measured.
    sys.stdin.read()


if __name__ == '__main__':
    main()

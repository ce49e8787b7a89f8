"""
A webcam's events, as they arrive in the topics: a flash and a click at one instant.

See webcam/events.go: between events images are dark and sound is silent, a flash is one white
image and a click is one audio frame of full scale.
"""

import bisect

from harness.image import pixels
from harness.listener import nanoseconds
import numpy as np

from .webcam import FULL_SCALE


def flashes(images):
    """Return the stamps [ns] of the white ones among images of mono8."""
    return [nanoseconds(image.header.stamp) for image in images if pixels(image).mean() > 128]


def clicks(blocks):
    """Return the times [ns] of the audio frames of full scale in blocks of S16LE."""
    found = []
    for block in blocks:
        sound = np.frombuffer(bytes(block.data), '<i2')[::block.channels]
        found += [nanoseconds(block.header.stamp) + int(frame) * 10**9 // block.sample_rate
                  for frame in np.flatnonzero(sound == FULL_SCALE)]
    return found


def behind(times, instants):
    """Return by how much each time is behind the instant that is nearest to it [ns]."""
    instants = sorted(instants)

    def nearest(time):
        place = bisect.bisect(instants, time)
        return min(instants[max(0, place - 1):place + 1], key=lambda instant: abs(time - instant))
    return np.array([time - nearest(time) for time in times])

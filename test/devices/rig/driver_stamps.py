"""Stamps of images, compared with the driver's."""

import time

from harness.listener import nanoseconds

from .clocks import system_ahead

# Two clocks are read one after the other, here and in the node.
TOLERANCE = 1_000_000  # [ns]


def check_stamps(images, taken):
    """
    Require that every image has its driver's stamp.

    taken are the buffers that programs have taken from the driver. Return the buffers of the
    images, and the number of images missing between the first and the last.
    """
    ahead = system_ahead()
    stamps = [nanoseconds(image.header.stamp) - ahead for image in images]
    assert stamps[-1] <= time.monotonic_ns(), 'the last stamp lies in the future'
    matching = []
    remaining = iter(taken)
    for number, stamp in enumerate(stamps):
        buffer = next((each for each in remaining if abs(stamp - each.stamp) <= TOLERANCE), None)
        if buffer is None:
            off = min((stamp - each.stamp for each in taken), key=abs)
            raise AssertionError(f'the stamp of image {number} is off the nearest of the '
                                 f"driver's by {off * 1e-6:.3f} ms")
        matching.append(buffer)
    off = [stamp - buffer.stamp for stamp, buffer in zip(stamps, matching)]
    print(f"stamps off the driver's by {min(off) * 1e-3:.1f} to {max(off) * 1e-3:.1f} us")
    return matching, taken.index(matching[-1]) - taken.index(matching[0]) + 1 - len(stamps)

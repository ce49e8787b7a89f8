"""sensor_msgs/Image as numpy sees it."""

import numpy as np

from .pattern import ENCODINGS


def pixels(message):
    """Return height x width x bytes per pixel, after checking step and size."""
    size = ENCODINGS[message.encoding]
    assert message.step == message.width * size
    assert len(message.data) == message.height * message.step
    assert message.is_bigendian == 0
    return np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, size)

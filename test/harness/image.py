"""sensor_msgs/Image as numpy arrays."""

import os

import numpy as np

from .pattern import ENCODINGS

# rviz2 up to Jazzy uses other names for packed 4:2:2 than later ones.
RAW = {'yuv422_yuy2': 'yuv422_yuy2', 'uyvy': 'yuv422'}
if os.environ.get('ROS_DISTRO') != 'jazzy':
    RAW = {'yuv422_yuy2': 'yuyv', 'uyvy': 'uyvy'}


def published(pixel_format):
    """Return the encoding of images of a pixel_format, in this distribution."""
    return RAW.get(pixel_format, pixel_format)


BYTES = {published(name): size for name, size in ENCODINGS.items()}  # per pixel


def pixels(message):
    """Return height x width x bytes per pixel, after checking step and size."""
    size = BYTES[message.encoding]
    assert message.step == message.width * size
    assert len(message.data) == message.height * message.step
    assert message.is_bigendian == 0
    return np.frombuffer(message.data, np.uint8).reshape(message.height, message.width, size)

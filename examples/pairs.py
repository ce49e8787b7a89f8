"""
Image and sound of the same instant, paired by their stamps.

    python3 pairs.py
"""

import collections
import contextlib

from av_capture.msg import AudioData
import numpy as np
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.qos import qos_profile_sensor_data
from sampler import samples
from sensor_msgs.msg import Image


def nanoseconds(message):
    """Return when an image, or the first audio frame of a block, was captured [ns]."""
    return message.header.stamp.sec * 10**9 + message.header.stamp.nanosec


class Pairs:
    """Calls paired(image, sound) for each image, with the sound from its stamp on."""

    def __init__(self, node, paired, seconds=1 / 30):
        self._paired, self._seconds = paired, seconds
        self._images = collections.deque(maxlen=60)  # whose sound is still to come
        self._sound, self._end = None, None  # the newest two seconds, without a gap
        node.create_subscription(Image, 'camera/image_raw', self._seen, qos_profile_sensor_data)
        node.create_subscription(AudioData, 'microphone/audio', self._heard, 200)

    def _seen(self, image):
        self._images.append(image)

    def _heard(self, block):
        new, rate = samples(block), block.sample_rate
        old = self._sound if block.first_frame == self._end else new[:0]  # else sound was lost
        self._sound, self._end = np.concatenate([old, new]), block.first_frame + len(new)
        length = round(self._seconds * rate)
        while self._images:
            lead = (nanoseconds(self._images[0]) - nanoseconds(block)) * 1e-9  # [s]
            first = len(old) + round(lead * rate)
            if first + length > len(self._sound):
                break
            image = self._images.popleft()
            if first >= 0:
                self._paired(image, self._sound[first:first + length])
        self._sound = self._sound[-2 * rate:]


if __name__ == '__main__':
    rclpy.init()
    this = rclpy.create_node('pairs')
    Pairs(this, lambda image, sound: print(
        f'{nanoseconds(image) * 1e-9:.3f}: {sound.shape}, peak {abs(sound).max():.3f}'))
    with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
        rclpy.spin(this)

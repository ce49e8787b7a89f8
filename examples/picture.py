"""
The newest picture of a camera as a NumPy array, its planes side by side, and the rate.

    python3 picture.py --ros-args -r camera/image_raw:=left/image_raw
"""

import collections
import contextlib
import threading

from background import subscribe
import numpy as np
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image

# By encoding, of each plane: its first byte in a row, and the bytes from one to the next.
YUYV, UYVY, THREE = [(0, 2), (1, 4), (3, 4)], [(1, 2), (0, 4), (2, 4)], [(0, 3), (1, 3), (2, 3)]
PLANES = {'yuv422_yuy2': YUYV, 'yuyv': YUYV, 'yuv422': UYVY, 'uyvy': UYVY,
          'bgr8': THREE, 'rgb8': THREE, 'mono8': [(0, 1)]}


def planes(image):
    """Return the planes of a sensor_msgs/Image side by side: uint8, as high as the image."""
    rows = np.frombuffer(image.data, np.uint8).reshape(image.height, image.step)
    return np.hstack([rows[:, first::step] for first, step in PLANES[image.encoding]])


class Picture:
    """The newest image of a topic, which a thread receives."""

    def __init__(self, topic='camera/image_raw'):
        self._image, self._arrival = None, threading.Condition()
        self._stamps = collections.deque(maxlen=31)  # [ns] of the newest images
        self.rate = 0.0  # images per second, of these
        self._node = subscribe(Image, topic, self._received, qos_profile_sensor_data)

    def _received(self, image):
        with self._arrival:
            self._image = image
            self._stamps.append(image.header.stamp.sec * 10**9 + image.header.stamp.nanosec)
            if len(self._stamps) > 1:
                self.rate = 1e9 * (len(self._stamps) - 1) / (self._stamps[-1] - self._stamps[0])
            self._arrival.notify_all()

    def next(self, seconds=10):
        """Wait for the next image and return it; TimeoutError after some seconds without."""
        with self._arrival:
            if not self._arrival.wait(seconds):
                raise TimeoutError(f'no image for {seconds} s: start av_capture, or remap the topic')
            return self._image


if __name__ == '__main__':
    picture = Picture()
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            array = planes(picture.next())
            print(f'{picture.rate:.1f} images/s, planes {array.shape}, mean {array.mean():.1f}')

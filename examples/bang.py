"""
A node of one's own: it publishes the image of each bang on bang/image.

    python3 bang.py --ros-args -p threshold:=0.5
"""

import contextlib

from pairs import Pairs
from rcl_interfaces.msg import ParameterDescriptor
import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from sensor_msgs.msg import Image


class Bang(Node):
    """Publishes images whose sound is loud."""

    def __init__(self):
        super().__init__('bang')
        self.declare_parameter('threshold', 0.3, ParameterDescriptor(
            description='Peak from which on a sound is a bang, 1.0 being full scale.'))
        self._publisher = self.create_publisher(Image, '~/image', 5)
        self._pairs = Pairs(self, self._paired)

    def _paired(self, image, sound):
        peak = abs(sound).max()
        if peak >= self.get_parameter('threshold').value:
            self.get_logger().info(f'a bang of {peak:.2f}')
            self._publisher.publish(image)  # with the stamp that it came with


if __name__ == '__main__':
    rclpy.init()
    with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
        rclpy.spin(Bang())

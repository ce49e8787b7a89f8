"""
A program that ends when it has received some images of a topic.

It replaces a listener in the test's process: in another /dev/shm or network, or to be
stopped. Its arguments are the topic, the number of images, and optionally "reliable". It
prints a line with the first image.
"""

import sys

import rclpy
from rclpy.qos import qos_profile_sensor_data, QoSProfile
from sensor_msgs.msg import Image


def main(topic, count, *words):
    """Receive count images."""
    rclpy.init(args=[])
    node = rclpy.create_node('receiver')
    received = []
    node.create_subscription(
        Image, topic, lambda image: received.append(image.header.stamp),
        QoSProfile(depth=5) if 'reliable' in words else qos_profile_sensor_data)
    while len(received) < count:
        rclpy.spin_once(node)
        if len(received) == 1:
            print('received the first image', flush=True)


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])

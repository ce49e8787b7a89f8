"""
A program that ends when it has received some images of a topic.

For where the test's own process cannot listen: in another /dev/shm or network. Its
arguments are the topic and how many images.
"""

import sys

import rclpy
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image


def main(topic, count):
    """Receive count images."""
    rclpy.init(args=[])
    node = rclpy.create_node('receiver')
    received = []
    node.create_subscription(Image, topic, received.append, qos_profile_sensor_data)
    while len(received) < count:
        rclpy.spin_once(node)


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]))

"""
A program that listens reliably to a topic of av_capture/AudioData until it is ended.

For listeners that a test stops: it says "heard" when the first block has come. Its argument
is the topic.
"""

import sys

from av_capture.msg import AudioData
import rclpy


def main(topic):
    """Listen."""
    rclpy.init(args=[])
    node = rclpy.create_node('hearer')
    said = []

    def hear(_):
        if not said:
            said.append(print('heard', flush=True))
    node.create_subscription(AudioData, topic, hear, 10)
    rclpy.spin(node)


if __name__ == '__main__':
    main(sys.argv[1])

"""ROS nodes that a thread spins, for programs that take arrays when they want them."""

import contextlib
import threading

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor


def subscribe(message_type, topic, callback, qos):
    """Return a node whose subscription calls back in a thread, until the program ends."""
    if not rclpy.ok():
        rclpy.init()  # takes --ros-args of the command line
    node = rclpy.create_node(type(callback.__self__).__name__.lower())
    node.create_subscription(message_type, topic, callback, qos)
    threading.Thread(target=_spin, args=[node]).start()
    return node


def _spin(node):
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    # Ctrl-C, or an end of the program by itself.
    with contextlib.suppress(ExternalShutdownException):
        while threading.main_thread().is_alive():
            executor.spin_once(timeout_sec=0.2)

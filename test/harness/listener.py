"""Subscribers that we did not write: rclpy."""

import threading
import time

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

from .deadline import DEADLINE, until


class Inbox:
    """The messages of one topic, in the order in which they arrived, and when they did."""

    def __init__(self):
        """Start empty."""
        self._messages = []
        self.subscription = None  # that it belongs to
        self.arrivals = []  # [ns] system time, one for each message
        self._arrival = threading.Condition()

    def put(self, message):
        """Take a message (the subscription's callback)."""
        with self._arrival:
            self.arrivals.append(time.time_ns())
            self._messages.append(message)
            self._arrival.notify_all()

    def so_far(self):
        """Return what has arrived."""
        with self._arrival:
            return list(self._messages)

    def wait(self, count, process):
        """Wait until so many have arrived, and return all that have."""
        return self.wait_until(lambda messages: len(messages) >= count,
                               process, f'{count} messages')

    def wait_until(self, condition, process, what, deadline=DEADLINE):
        """Wait until the condition holds of the list of messages, and return it."""
        end = time.monotonic() + deadline
        with self._arrival:
            while not condition(self._messages):
                process.check_running(what)
                if time.monotonic() > end:
                    raise AssertionError(
                        f'{len(self._messages)} messages within {deadline:g} s, '
                        f'want {what}\n{process.text()}')
                self._arrival.wait(0.2)
            return list(self._messages)


class Listener:
    """An rclpy node with a context, a domain and a thread of its own."""

    def __init__(self, domain, asleep=False):
        """Start to spin in the domain; asleep, only when wake_up is called."""
        self._context = rclpy.Context()
        rclpy.init(context=self._context, domain_id=domain)
        self.node = rclpy.create_node('listener', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._spin, daemon=True)
        if not asleep:
            self._thread.start()

    def wake_up(self):
        """
        Start to spin.

        What is subscribed before stands still as a program does that hangs: the middleware
        goes on, but nobody takes the messages.
        """
        self._thread.start()

    def _spin(self):
        try:
            while not self._closed.is_set():
                self._executor.spin_once()
        except ExternalShutdownException:
            pass

    def subscribe(self, message_type, topic, depth=1000, best_effort=False, keep_all=False):
        """Return the inbox of a subscription."""
        inbox = Inbox()
        inbox.subscription = self.node.create_subscription(
            message_type, topic, inbox.put, QoSProfile(
                reliability=ReliabilityPolicy.BEST_EFFORT if best_effort
                else ReliabilityPolicy.RELIABLE,
                durability=DurabilityPolicy.VOLATILE,
                history=HistoryPolicy.KEEP_ALL if keep_all else HistoryPolicy.KEEP_LAST,
                depth=depth))
        self.wake()
        return inbox

    def wake(self):
        """Let the thread see what was added to the node."""
        self._executor.wake()

    def unsubscribe(self, inbox):
        """End the subscription of an inbox."""
        self.node.destroy_subscription(inbox.subscription)

    def nodes(self):
        """Return the full names of the other nodes in the domain."""
        return sorted(
            namespace.rstrip('/') + '/' + name
            for name, namespace in self.node.get_node_names_and_namespaces()
            if name != 'listener' and not name.startswith('_'))  # hidden: ros2cli's daemon

    def wait_for_nodes(self, names, process):
        """Wait until exactly these nodes are there."""
        try:
            until(lambda: self.nodes() == sorted(names), f'the nodes {sorted(names)}', process)
        except AssertionError as failure:
            raise AssertionError(f'{failure}\nthere are {self.nodes()}') from None

    def wait_for_topics(self, topics, process):
        """Wait until somebody publishes each of the topics."""
        for topic in topics:
            until(lambda: self.node.count_publishers(topic), f'a publisher of {topic}', process)

    def close(self):
        """Stop, and leave the domain."""
        # An executor that is shut down wakes its thread and frees at once what it wakes it
        # with: a thread that was just about to wait would do so until a message comes.
        self._closed.set()
        if self._thread.ident is not None:
            self._executor.create_task(lambda: None)  # to be waited for no longer than this
            self._thread.join(DEADLINE)
            assert not self._thread.is_alive(), f'still spinning after {DEADLINE:g} s'
        self._executor.shutdown()
        self.node.destroy_node()
        self._context.try_shutdown()


def nanoseconds(stamp):
    """Return a builtin_interfaces/Time in whole nanoseconds."""
    return stamp.sec * 10**9 + stamp.nanosec

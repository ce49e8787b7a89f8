"""Subscribers of rclpy."""

import contextlib
import threading
import time

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy

from .deadline import Deadline, DEADLINE, until


class Inbox:
    """The messages of one topic in the order of their arrival, with their times."""

    def __init__(self):
        """Start empty."""
        self._messages = []
        self.subscription = None  # of the topic
        self.arrivals = []  # [ns] system time, one for each message
        self._arrival = threading.Condition()

    def put(self, message):
        """Take a message (the subscription's callback)."""
        with self._arrival:
            self.arrivals.append(time.time_ns())
            self._messages.append(message)
            self._arrival.notify_all()

    def so_far(self):
        """Return the messages so far."""
        with self._arrival:
            return list(self._messages)

    def wait(self, count, process):
        """Wait for count messages, and return all so far."""
        return self.wait_counted(count, len, process, f'{count} messages')

    def wait_counted(self, goal, count, process, what):
        """
        Wait until count(messages) is goal or more, and return the messages.

        The growth of the count extends the deadline.
        """
        return self.wait_until(lambda messages: count(messages) >= goal, process, what, count)

    def wait_until(self, condition, process, what, progress=None):
        """
        Wait until condition(messages) holds, and return the messages.

        progress(messages) returns the progress, see Deadline.
        """
        deadline = Deadline()
        with self._arrival:
            while not condition(self._messages):
                process.check_running(what)
                if deadline.passed(progress and progress(self._messages)):
                    raise AssertionError(f'{len(self._messages)} messages, {deadline.failure(what)}'
                                         f'\n{process.text()}')
                self._arrival.wait(0.2)
            return list(self._messages)


class Listener:
    """An rclpy node with a context, a domain and a thread of its own."""

    def __init__(self, domain, asleep=False):
        """Start to spin in the domain, or only in wake_up if asleep."""
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

        Subscriptions before behave like those of a program that hangs: the middleware
        receives, but the messages are not taken.
        """
        self._thread.start()

    def connect(self, inbox, process):
        """
        Wait until a message has come to the inbox of one that is asleep, which takes no more.

        Two subscribers of one topic may be connected seconds apart.
        """
        def come():
            self._executor.spin_once(timeout_sec=0.1)
            return inbox.so_far()
        until(come, f'a message of {inbox.subscription.topic_name}', process)

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
        """Make the thread notice new entities of the node."""
        self._executor.wake()

    def unsubscribe(self, inbox):
        """End the subscription of an inbox."""
        self.node.destroy_subscription(inbox.subscription)

    @contextlib.contextmanager
    def spinning(self, node):
        """Spin another node of the same context too."""
        self._executor.add_node(node)
        yield
        self._executor.remove_node(node)

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
        # shutdown of an executor wakes its thread and frees the guard condition at once: a
        # thread that is about to wait would miss it and wait for a message.
        self._closed.set()
        if self._thread.ident is not None:
            self._executor.create_task(lambda: None)  # ends the present wait
            self._thread.join(DEADLINE)
            assert not self._thread.is_alive(), f'still spinning after {DEADLINE:g} s'
        self._executor.shutdown()
        self.node.destroy_node()
        self._context.try_shutdown()


def nanoseconds(stamp):
    """Return a builtin_interfaces/Time in whole nanoseconds."""
    return stamp.sec * 10**9 + stamp.nanosec

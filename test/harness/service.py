"""A client of one service."""

import threading

from rclpy.qos import qos_profile_services_default

from .deadline import until


class Service:
    """Calls the service of this full name; the end of process is a failure."""

    def __init__(self, listener, kind, name, process=None, qos=qos_profile_services_default):
        """Connect to the service."""
        self._kind, self._name, self._process = kind, name, process
        self._client = listener.node.create_client(kind, name, qos_profile=qos)
        until(self._client.service_is_ready, f'the service {name}', process)

    def call(self, **fields):
        """Return the response to a request with these fields."""
        return self.start(**fields)()

    def start(self, **fields):
        """Send a request with these fields; return a function that waits for the response."""
        answered = threading.Event()
        future = self._client.call_async(self._kind.Request(**fields))
        future.add_done_callback(lambda _: answered.set())

        def response():
            until(lambda: answered.wait(0.2), f'an answer of {self._name}', self._process)
            return future.result()
        return response

"""A client of one service."""

import threading

from .deadline import until


class Service:
    """Calls a service of this full name, whose process has to run meanwhile."""

    def __init__(self, listener, kind, name, process):
        """Connect to the service."""
        self._kind, self._name, self._process = kind, name, process
        self._client = listener.node.create_client(kind, name)
        until(self._client.service_is_ready, f'the service {name}', process)

    def call(self, **fields):
        """Return the response to a request with these fields."""
        answered = threading.Event()
        future = self._client.call_async(self._kind.Request(**fields))
        future.add_done_callback(lambda _: answered.set())
        until(lambda: answered.wait(0.2), f'an answer of {self._name}', self._process)
        return future.result()

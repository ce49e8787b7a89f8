"""A client of the service ~/set_capture."""

import threading

from std_srvs.srv import SetBool

from .deadline import DEADLINE, until


class SetCapture:
    """Turns the capture of one node off and on."""

    def __init__(self, listener, node, process):
        """Connect to the service of the node of this full name."""
        self._process = process
        self._client = listener.node.create_client(SetBool, f'{node}/set_capture')
        until(self._client.service_is_ready, f'the service {node}/set_capture', process)

    def ask(self, on):
        """Return the response to a request."""
        answered = threading.Event()
        future = self._client.call_async(SetBool.Request(data=on))
        future.add_done_callback(lambda _: answered.set())
        assert answered.wait(DEADLINE), f'no answer\n{self._process.text()}'
        return future.result()

    def turn(self, on):
        """Require success and return the message."""
        response = self.ask(on)
        assert response.success, response.message
        return response.message

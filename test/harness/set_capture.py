"""A client of the service ~/set_capture."""

from std_srvs.srv import SetBool

from .service import Service


class SetCapture(Service):
    """Turns the capture of one node off and on."""

    def __init__(self, listener, node, process):
        """Connect to the service of the node of this full name."""
        super().__init__(listener, SetBool, f'{node}/set_capture', process)

    def ask(self, on):
        """Return the response to a request."""
        return self.call(data=on)

    def turn(self, on):
        """Require success and return the message."""
        response = self.ask(on)
        assert response.success, response.message
        return response.message

"""A client of the service ~/set_camera_info."""

from sensor_msgs.srv import SetCameraInfo as Service

from .deadline import until


class SetCameraInfo:
    """Hands calibrations to one camera."""

    def __init__(self, listener, node, process):
        """Connect to the service of the node of this full name."""
        self._process = process
        self._client = listener.node.create_client(Service, f'{node}/set_camera_info')
        until(self._client.service_is_ready, f'the service {node}/set_camera_info', process)

    def set(self, info):
        """Return the response to a request."""
        future = self._client.call_async(Service.Request(camera_info=info))
        until(future.done, 'an answer', self._process)
        return future.result()

"""A client of the service ~/set_camera_info."""

from sensor_msgs.srv import SetCameraInfo as Kind

from .service import Service


class SetCameraInfo(Service):
    """Hands calibrations to one camera."""

    def __init__(self, listener, node, process):
        """Connect to the service of the node of this full name."""
        super().__init__(listener, Kind, f'{node}/set_camera_info', process)

    def set(self, info):
        """Return the response to a request."""
        return self.call(camera_info=info)

"""A node that changes between the formats of two loopback cameras, in turns."""

import contextlib

from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
from sensor_msgs.msg import Image

from . import pixel_format

HEIGHTS = (48, 50)  # of the images of each camera, which distinguish them
NEAR = (64, 65, 66, 67)  # 4n to 4n + 3
COUNT = 2  # images of each format


class Tour:
    """Images of many formats; all failures are reported at the end."""

    def __init__(self, av_capture, listener, loopbacks):
        """Take the two cameras."""
        self._start, self._listener, self._loopbacks = av_capture, listener, loopbacks
        self._inbox = listener.subscribe(Image, '/camera/image_raw')
        self._process = self._client = None
        self._offers = [contextlib.ExitStack(), contextlib.ExitStack()]
        self._present = 1  # the camera that the node has
        self._stops = 0
        self._wrong = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        for offer in self._offers:
            offer.close()
        if error is None:
            assert not self._wrong, '\n'.join(
                [f'{len(self._wrong)} of {self._stops}:', *self._wrong])

    def stop(self, fourcc, width, encoding, check, arrives=None):
        """
        Offer one image of a format repeatedly, and check the messages for a pixel_format.

        check(message, data) gets a message and the image's bytes, and raises AssertionError.
        arrives is the encoding of the messages, if its name differs from pixel_format.
        """
        free = 1 - self._present
        camera, height = self._loopbacks[free], HEIGHTS[free]
        self._stops += 1
        data = pixel_format.image(fourcc, width, height, self._stops)
        # The node's present camera goes on meanwhile.
        self._offers[free].close()
        stream = self._offers[free].enter_context(camera.offer(fourcc, width, height))
        stream.show(data)
        try:
            before = len(self._inbox.so_far())
            self._go(video_device=camera.path, pixel_format=encoding, image_width=width,
                     image_height=height)
            self._present = free
            for message in self._images(before, width, height, arrives or encoding):
                check(message, data)
        except AssertionError as error:
            self._wrong.append(f'{fourcc} {width}x{height} as {encoding}: '
                               + str(error).splitlines()[0])
            print(self._wrong[-1])

    def _go(self, **asked):
        if self._client is None:
            self._process = self._start(
                *of_camera(framerate=30.0, reconnect_interval=0.2, **asked))
            self._client = ParameterClient(self._listener, '/camera', self._process)
        else:
            self._client.change(**asked)

    def _images(self, before, *form):
        def wanted(messages):
            return [m for m in messages[before:] if (m.width, m.height, m.encoding) == form]
        return wanted(self._inbox.wait_until(
            lambda messages: len(wanted(messages)) >= COUNT, self._process,
            f'{COUNT} images of {form}'))[:COUNT]

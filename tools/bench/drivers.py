"""
The camera drivers that are compared: our node, and others that are installed beside it.

Others are those that the ROS environment has: usb_cam, v4l2_camera and image_tools's cam2image.
None of them has to be there.
"""

from dataclasses import dataclass
import os
from xml.etree import ElementTree

from ament_index_python.packages import get_package_prefix, PackageNotFoundError


@dataclass(frozen=True)
class Job:
    """What a driver is to do: take a format from the camera, and publish an encoding."""

    fourcc: str  # of the camera
    name: str
    converts: bool  # pixels, or copies them only


RAW = Job('YUYV', 'YUYV, raw', False)
COLOUR = Job('YUYV', 'YUYV to 8-bit colour', True)
JPEG = Job('MJPG', 'MJPG, untouched', False)
DECODED = Job('MJPG', 'MJPG to 8-bit colour', True)
JOBS = (RAW, COLOUR, JPEG, DECODED)


@dataclass(frozen=True)
class Task:
    """How a driver does a job."""

    encoding: str  # that it publishes
    parameters: dict
    topic: str
    compressed: bool = False  # sensor_msgs/CompressedImage


class Driver:
    """An installed driver."""

    def __init__(self, name, package, program, tasks, parameters, arguments=()):
        """
        Take its tasks, and a function that returns its parameters.

        tasks are (job, Task), a job once or more; the function's arguments are the camera's
        path, width, height and rate.
        """
        self.name = name
        self.tasks = tasks
        self._package = package
        self._program = program
        self._parameters = parameters
        self._arguments = arguments

    @property
    def installed(self):
        """Return whether it is."""
        try:
            return os.access(self._path, os.X_OK)
        except PackageNotFoundError:
            return False

    @property
    def version(self):
        """Return the package's version."""
        manifest = os.path.join(get_package_prefix(self._package), 'share', self._package,
                                'package.xml')
        return ElementTree.parse(manifest).findtext('version')

    @property
    def _path(self):
        return os.path.join(get_package_prefix(self._package), 'lib', self._package, self._program)

    def command(self, task, camera, width, height, rate):
        """Return the command that does a task; nothing is logged but errors."""
        parameters = {**self._parameters(camera, width, height, rate), **task.parameters}
        command = [self._path, *self._arguments, '--ros-args', '--log-level', 'error']
        for name, value in parameters.items():
            command += ['-p', f'{name}:={value}']
        return command


def _av_capture(camera, width, height, rate):
    return {'video_device': camera, 'image_width': width, 'image_height': height,
            'framerate': float(rate)}


def _usb_cam(camera, width, height, rate):
    # A frame_id, or it waits for one; the format of the camera's JPEGs.
    return {'video_device': camera, 'image_width': width, 'image_height': height,
            'framerate': float(rate), 'frame_id': 'camera', 'av_device_format': 'YUV422P'}


def _v4l2_camera(camera, width, height, _):
    return {'video_device': camera, 'image_size': f'[{width},{height}]', 'pixel_format': 'YUYV'}


def _cam2image(camera, width, height, rate):
    return {'device_id': int(camera.removeprefix('/dev/video')), 'width': width, 'height': height,
            'frequency': float(rate)}


DRIVERS = (
    Driver('av_capture', 'av_capture', 'av_capture', [
        (RAW, Task('yuv422_yuy2', {'pixel_format': 'yuv422_yuy2'}, '/camera/image_raw')),
        (COLOUR, Task('bgr8', {'pixel_format': 'bgr8'}, '/camera/image_raw')),
        (JPEG, Task('jpeg', {'pixel_format': 'mjpeg'}, '/camera/image_raw/compressed', True)),
        (JPEG, Task('jpeg, not verified', {'pixel_format': 'mjpeg', 'verify_jpeg': 'false'},
                    '/camera/image_raw/compressed', True)),
        (DECODED, Task('bgr8', {'pixel_format': 'bgr8'}, '/camera/image_raw')),
    ], _av_capture, ('--nodes', 'camera')),
    Driver('usb_cam', 'usb_cam', 'usb_cam_node_exe', [
        (RAW, Task('yuv422_yuy2', {'pixel_format': 'yuyv'}, '/image_raw')),
        (COLOUR, Task('rgb8', {'pixel_format': 'yuyv2rgb'}, '/image_raw')),
        (JPEG, Task('jpeg in an Image', {'pixel_format': 'raw_mjpeg'}, '/image_raw')),
        (DECODED, Task('rgb8', {'pixel_format': 'mjpeg2rgb'}, '/image_raw')),
    ], _usb_cam),
    Driver('v4l2_camera', 'v4l2_camera', 'v4l2_camera_node', [
        (RAW, Task('yuv422_yuy2', {'output_encoding': 'yuv422_yuy2'}, '/image_raw')),
        (COLOUR, Task('bgr8', {'output_encoding': 'bgr8'}, '/image_raw')),
    ], _v4l2_camera),
    Driver('cam2image', 'image_tools', 'cam2image', [
        (COLOUR, Task('bgr8', {}, '/image')),
        (DECODED, Task('bgr8', {}, '/image')),
    ], _cam2image),
)

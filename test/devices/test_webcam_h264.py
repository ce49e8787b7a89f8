"""A USB webcam with H.264, which is refused with what the camera has instead."""

from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import pytest
from sensor_msgs.msg import Image

pytestmark = pytest.mark.virtual('may have no H.264')


def test_h264_is_refused_with_what_the_webcam_has(av_capture, listener, webcams):
    both = webcams(0, uvc='1.1', formats='h264,yuyv', sizes='1920x1080,640x480')
    alone = webcams(1, uvc='1.1', formats='h264', sizes='640x480', serial='0002')
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*of_camera(
        video_device=alone.by_id, image_width=640, image_height=480, reconnect_interval=0.2))
    by_ffmpeg = ('["-f", "v4l2", "-input_format", "h264", "-video_size", "640x480", '
                 f'"-i", "{alone.by_id}"]')
    line = process.wait_for_line('ERROR.*H264')
    assert by_ffmpeg in line, line
    # Another format that there is is taken.
    client = ParameterClient(listener, '/camera', process)
    client.change(video_device=both.by_id)
    images.wait(2, process)
    assert both.record('image stream')[-1]['format'] == 'yuyv'
    client.refuse('it offers YUYV 640x480', image_width=1920, image_height=1080)
    client.refuse('H264 1920x1080', 'set pixel_format to bgr8', pixel_format='mjpeg')
    client.refuse(by_ffmpeg, video_device=alone.by_id)
    images.wait(len(images.so_far()) + 2, process)
    process.end()

"""Y, U and V of the raw image arrive side by side, byte for byte."""

from harness.derived import pairs, planes
from harness.image import pixels
from harness.parameter_client import ParameterClient
from harness.parameters import camera
import pytest
from sensor_msgs.msg import Image


@pytest.mark.parametrize('pixel_format, flips', [
    ('yuv422_yuy2', {}), ('uyvy', {}), ('uyvy', {'flip_horizontal': True, 'rotate': 180})])
def test_planes_are_the_bytes_of_the_image(av_capture, listener, pixel_format, flips):
    raw = listener.subscribe(Image, '/camera/image_raw')
    derived = listener.subscribe(Image, '/camera/planes')
    process = av_capture(*camera(
        source='synthetic', pixel_format=pixel_format, image_width=322, image_height=241,
        frame_id='eye', **flips))
    derived.wait_counted(20, lambda images: len(pairs(raw.so_far(), images)),
                         process, '20 planes with their images')
    for whole, image in pairs(raw.so_far(), derived.so_far()):
        assert (image.width, image.height, image.encoding) == (644, 241, 'mono8')
        assert image.header.frame_id == 'eye'
        assert (pixels(image)[:, :, 0] == planes(pixels(whole), pixel_format)).all()


def test_images_without_planes_are_said_and_nothing_else_stops(av_capture, listener):
    raw = listener.subscribe(Image, '/camera/image_raw')
    derived = listener.subscribe(Image, '/camera/planes')
    process = av_capture(*camera(source='synthetic', image_width=320, image_height=240))
    process.wait_for_line('WARN.*planes.*bgr8.*set pixel_format to yuv422_yuy2 or uyvy')
    seen = len(raw.so_far())
    raw.wait(seen + 10, process)
    assert not derived.so_far()
    assert len(process.lines('WARN.*planes')) == 1  # not once for each image
    ParameterClient(listener, '/camera', process).change(pixel_format='yuv422_yuy2')
    derived.wait(5, process)


def test_subscribers_come_and_go(av_capture, listener):
    process = av_capture(*camera(source='synthetic', pixel_format='uyvy', image_width=320,
                                 image_height=240))
    for _ in range(3):
        inbox = listener.subscribe(Image, '/camera/planes')
        inbox.wait(5, process)
        listener.unsubscribe(inbox)

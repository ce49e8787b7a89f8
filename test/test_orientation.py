"""Images are flipped and turned before they are published, all outputs alike."""

from harness.image import pixels
from harness.parameter_client import ParameterClient
from harness.parameters import camera
from harness.pattern import frame_number, Pattern
import numpy as np
import pytest
from sensor_msgs.msg import Image

WIDTH, HEIGHT = 322, 240


def turned(picture, flip_horizontal=False, flip_vertical=False, rotate=0):
    """Return a picture as the parameters ask for it: flips first, then clockwise."""
    if flip_horizontal:
        picture = picture[:, ::-1]
    if flip_vertical:
        picture = picture[::-1]
    return np.rot90(picture, -rotate // 90)


def turned_back(picture, flip_horizontal=False, flip_vertical=False, rotate=0):
    """Undo turned."""
    picture = np.rot90(picture, rotate // 90)
    if flip_vertical:
        picture = picture[::-1]
    if flip_horizontal:
        picture = picture[:, ::-1]
    return picture


@pytest.mark.parametrize('pixel_format, orientation', [
    ('bgr8', {'flip_horizontal': True}),
    ('bgr8', {'rotate': 90}),
    ('mono8', {'flip_vertical': True, 'rotate': 270}),
    ('rgb8', {'flip_horizontal': True, 'flip_vertical': True, 'rotate': 90}),
    ('mono8', {'rotate': 180}),
])
def test_images_are_turned(av_capture, listener, pixel_format, orientation):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='synthetic', pixel_format=pixel_format, image_width=WIDTH, image_height=HEIGHT,
        **orientation))
    pattern = Pattern(WIDTH, HEIGHT, pixel_format)
    quarter = orientation.get('rotate', 0) in (90, 270)
    for image in inbox.wait(5, process)[:5]:
        assert (image.width, image.height) == ((HEIGHT, WIDTH) if quarter else (WIDTH, HEIGHT))
        got = pixels(image)
        number = frame_number(turned_back(got, **orientation), pixel_format)
        assert number is not None
        assert (got == turned(pattern.image(number), **orientation)).all()


def test_orientation_can_be_changed_while_capturing(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='synthetic', image_width=WIDTH, image_height=HEIGHT))
    inbox.wait(1, process)
    client = ParameterClient(listener, '/camera', process)
    client.change(rotate=90, flip_vertical=True)
    inbox.wait_until(lambda images: images[-1].width == HEIGHT, process, 'turned images')
    # The camera was not opened anew: its images are counted on.
    first, last = inbox.so_far()[0], inbox.so_far()[-1]
    orientation = {'rotate': 90, 'flip_vertical': True}
    assert frame_number(turned_back(pixels(last), **orientation), 'bgr8') > frame_number(
        pixels(first), 'bgr8')
    assert len(process.lines('capturing from')) == 1


@pytest.mark.parametrize('parameters', [
    {'pixel_format': 'yuv422_yuy2', 'rotate': 90},
    {'pixel_format': 'uyvy', 'rotate': 270, 'flip_vertical': True},
    {'pixel_format': 'mjpeg', 'flip_horizontal': True},
])
def test_what_cannot_be_turned_is_refused_at_start(av_capture, parameters):
    process = av_capture(*camera(source='synthetic', **parameters))
    assert process.status() == 1
    for word in ('flip_horizontal', 'rotate', f'"pixel_format" is "{parameters["pixel_format"]}"',
                 'take pixel_format bgr8'):
        assert word in process.text()


def test_what_cannot_be_turned_is_refused_while_capturing(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='synthetic', pixel_format='uyvy'))
    inbox.wait(1, process)
    client = ParameterClient(listener, '/camera', process)
    client.refuse('"rotate"', 'take pixel_format bgr8', rotate=90)
    client.change(rotate=90, pixel_format='bgr8')  # together they can be had
    inbox.wait_until(lambda images: images[-1].width == 480, process, 'turned images')
    client.refuse('"rotate"', 'take pixel_format bgr8', pixel_format='uyvy')

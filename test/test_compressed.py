"""JPEG on image_raw/compressed: the camera's own untouched, else made while subscribed."""

from harness import jpeg, video
from harness.derived import pairs
from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera
from harness.pattern import frame_number, Pattern
import numpy as np
import pytest
from sensor_msgs.msg import CompressedImage, Image

TOPIC = '/camera/image_raw/compressed'


@pytest.mark.parametrize('pixel_format, wording', [
    ('bgr8', 'bgr8; jpeg compressed bgr8'),
    ('rgb8', 'rgb8; jpeg compressed bgr8'),
    ('mono8', 'mono8; jpeg compressed mono8'),
    # An image decoded from a JPEG is not raw 4:2:2 again.
    ('yuv422_yuy2', 'bgr8; jpeg compressed bgr8'),
    ('uyvy', 'bgr8; jpeg compressed bgr8'),
])
def test_images_are_compressed(av_capture, listener, pixel_format, wording):
    inbox = listener.subscribe(CompressedImage, TOPIC)
    process = av_capture(*camera(
        source='synthetic', pixel_format=pixel_format, frame_id='eye'))
    messages = inbox.wait(5, process)[:5]
    grey = pixel_format == 'mono8'
    encoding = 'mono8' if grey else 'bgr8'
    pattern = Pattern(640, 480, encoding)
    previous = -1
    for message in messages:
        assert message.format == wording
        assert message.header.frame_id == 'eye'
        got = jpeg.decode(message.data, 640, 480, 'gray' if grey else 'bgr24')
        number = frame_number(got, encoding)
        assert number is not None and number > previous
        previous = number
        off = np.abs(got.astype(int) - pattern.image(number))
        # Chroma at half the resolution is soft at the edges of the pattern, and only there.
        assert off.mean() < 4 and np.median(off) <= 3, f'image {number} is off by {off.mean()}'


@pytest.mark.parametrize('pixel_format', ['bgr8', 'rgb8', 'mono8'])
def test_a_subscriber_of_image_transport_gets_the_raw_image(av_capture, listener, pixel_format):
    compressed = listener.subscribe(CompressedImage, TOPIC)
    raw = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='synthetic', pixel_format=pixel_format, image_width=320, image_height=240))
    compressed.wait_counted(3, lambda messages: len(pairs(raw.so_far(), messages)), process,
                            'images of both kinds')
    for image, message in pairs(raw.so_far(), compressed.so_far())[:3]:
        encoding, picture = jpeg.received(message, 320, 240)
        assert encoding == image.encoding == pixel_format
        assert np.abs(picture.astype(int) - pixels(image)).mean() < 5


def test_quality_can_be_changed(av_capture, listener):
    inbox = listener.subscribe(CompressedImage, TOPIC)
    process = av_capture(*camera(source='synthetic'))
    best = len(inbox.wait(1, process)[0].data)
    client = ParameterClient(listener, '/camera', process)
    assert client.get('image_raw.compressed.jpeg_quality') == {
        'image_raw.compressed.jpeg_quality': 95}
    client.change(image_raw__compressed__jpeg_quality=20)
    inbox.wait_until(lambda all_: len(all_[-1].data) < best / 2, process, 'smaller files')


def test_compressed_images_follow_the_images_name(av_capture, listener):
    inbox = listener.subscribe(CompressedImage, '/eye/picture/compressed')
    process = av_capture(*camera(source='synthetic'), '--ros-args', '-r',
                         'camera:~/image_raw:=/eye/picture', '--')
    inbox.wait(1, process)


def test_the_cameras_own_files_arrive_untouched(av_capture, listener, tmp_path):
    film = video.write(tmp_path / 'film.avi', 320, 240, 25.0, 25, video.MOTION_JPEG)
    known = {file: number for number, file in enumerate(video.files(film, tmp_path))}
    assert len(known) == 25
    compressed = listener.subscribe(CompressedImage, TOPIC)
    process = av_capture(*camera(
        source='file', video_device=film, loop=True, pixel_format='mjpeg'))
    messages = compressed.wait(30, process)
    assert {message.format for message in messages} == {'bgr8; jpeg compressed bgr8'}
    numbers = [known[bytes(message.data)] for message in messages]
    assert numbers == [(numbers[0] + i) % 25 for i in range(len(numbers))]  # every one of them
    assert ParameterClient(listener, '/camera', process).get('pixel_format') == {
        'pixel_format': 'mjpeg'}

    # Decoded where somebody wants to see them, with the same stamps.
    raw = listener.subscribe(Image, '/camera/image_raw')

    def both(images):
        files = {nanoseconds(m.header.stamp): m for m in compressed.so_far()}
        return [(image, files[nanoseconds(image.header.stamp)]) for image in images
                if nanoseconds(image.header.stamp) in files]
    images = raw.wait_counted(5, lambda images: len(both(images)), process, 'decoded images')
    for image, message in both(images):
        assert (image.width, image.height, image.encoding) == (320, 240, 'bgr8')
        off = np.abs(pixels(image).astype(int) - jpeg.decode(message.data, 320, 240))
        # Two decoders, which draw out chroma each in its own way.
        assert np.median(off) <= 2 and off.mean() < 4
        assert frame_number(pixels(image), 'bgr8') == known[bytes(message.data)]

    # And so is the spectrum, which is grey.
    spectra = listener.subscribe(Image, '/camera/spectrum')
    assert spectra.wait(2, process)[0].encoding == 'mono8'


def test_files_that_are_no_jpeg_are_refused(av_capture, tmp_path):
    film = video.write(tmp_path / 'film.mkv', 320, 240, 25.0, 2)
    process = av_capture(*camera(source='file', video_device=film, pixel_format='mjpeg'))
    process.wait_for_line('ERROR.*(?i:ffv1).*pixel_format mjpeg wants motion JPEG')

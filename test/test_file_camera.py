"""A video file plays as a camera: every image, in order, at the file's own rate."""

import re

from harness import video
from harness.image import pixels
from harness.parameters import camera
from harness.pattern import frame_number, Pattern
from sensor_msgs.msg import Image

RATE = 25.0


def test_images_of_a_lossless_file_arrive_unchanged(av_capture, listener, tmp_path):
    path = video.write(tmp_path / 'known.mkv', 320, 240, RATE, 50)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    # Size and rate are the file's, whatever the parameters say.
    process = av_capture(*camera(
        source='file', video_device=path, image_width=64, image_height=48, framerate=5.0,
        loop=True))
    images = inbox.wait(60, process)
    pattern = Pattern(320, 240, 'bgr8')
    numbers = []
    for image in images:
        assert (image.width, image.height, image.encoding) == (320, 240, 'bgr8')
        got = pixels(image)
        numbers.append(frame_number(got, 'bgr8'))
        assert (got == pattern.image(numbers[-1])).all(), f'image {numbers[-1]} differs'
    # One after the other, and from the start again after the last.
    assert numbers == [(numbers[0] + i) % 50 for i in range(len(numbers))]


def test_file_without_loop_ends_and_the_node_stays(av_capture, listener, tmp_path):
    path = video.write(tmp_path / 'known.mkv', 320, 240, RATE, 5)
    process = av_capture(*camera(source='file', video_device=path))
    process.wait_for_line('loop')
    listener.wait_for_nodes(['/camera'], process)


def test_missing_file_is_said(av_capture, tmp_path):
    path = tmp_path / 'nowhere.mkv'
    process = av_capture(*camera(source='file', video_device=path))
    process.wait_for_line(f'ERROR.*{re.escape(str(path))}.*no such file')

"""Whatever ffmpeg reads is a camera: every image, in order, once, at the input's own rate."""

import hashlib
import os
import re
import signal
import subprocess

from harness import video
from harness.deadline import until
from harness.image import pixels, published
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera
from harness.pattern import frame_number, Pattern
import numpy as np
import pytest
from sensor_msgs.msg import Image

LAVFI = "['-f', 'lavfi', '-i', 'testsrc2=size=322x240:rate=25']"


def reference(pixel_format):
    """Return the number of each image of LAVFI's first minute, by the hash of what ffmpeg writes."""
    hashes = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=322x240:rate=25',
         '-frames:v', '1500', '-pix_fmt', pixel_format, '-c:v', 'rawvideo',
         '-f', 'framehash', '-hash', 'md5', '-'],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    lines = [line for line in hashes.splitlines() if not line.startswith('#')]
    return {line.split(',')[-1].strip(): number for number, line in enumerate(lines)}


def children(process):
    """Return the pids of the ffmpeg processes that the executable has started."""
    with open(f'/proc/{process.pid}/task/{process.pid}/children') as main:
        pids = main.read().split()
    for task in os.listdir(f'/proc/{process.pid}/task'):
        with open(f'/proc/{process.pid}/task/{task}/children') as of_task:
            pids += of_task.read().split()
    return sorted({int(pid) for pid in pids})


@pytest.mark.parametrize('encoding, pixel_format, size', [
    ('bgr8', 'bgr24', 3), ('rgb8', 'rgb24', 3), ('mono8', 'gray', 1),
    ('yuv422_yuy2', 'yuyv422', 2)])
def test_images_are_those_that_ffmpeg_makes(av_capture, listener, encoding, pixel_format, size):
    known = reference(pixel_format)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    # Size and rate are the input's, whatever the parameters say.
    process = av_capture(*camera(
        source='ffmpeg', ffmpeg_args=LAVFI, pixel_format=encoding, image_width=64,
        image_height=48, framerate=5.0))
    images = inbox.wait(20, process)
    numbers = []
    for image in images:
        assert (image.width, image.height, image.encoding) == (322, 240, published(encoding))
        assert len(image.data) == 322 * 240 * size
        numbers.append(known[hashlib.md5(pixels(image).tobytes()).hexdigest()])
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_stamps_follow_the_inputs_rate(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='ffmpeg', ffmpeg_args=LAVFI))
    images = inbox.wait(40, process)[:40]
    stamps = np.array([nanoseconds(image.header.stamp) for image in images])
    assert np.abs(np.diff(stamps) * 1e-9 - 1 / 25).max() < 5e-3


def test_a_file_named_by_video_device_loops(av_capture, listener, tmp_path):
    path = video.write(tmp_path / 'known.mkv', 320, 240, 25.0, 20)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='ffmpeg', video_device=path, loop=True))
    images = inbox.wait(50, process)
    pattern = Pattern(320, 240, 'bgr8')
    numbers = []
    for image in images:
        got = pixels(image)
        numbers.append(frame_number(got, 'bgr8'))
        assert (got == pattern.image(numbers[-1])).all(), f'image {numbers[-1]} differs'
    assert numbers == [(numbers[0] + i) % 20 for i in range(len(numbers))]


def test_a_file_ends_and_the_node_stays(av_capture, listener, tmp_path):
    path = video.write(tmp_path / 'known.mkv', 320, 240, 25.0, 5)
    process = av_capture(*camera(source='ffmpeg', video_device=path))
    process.wait_for_line(r'INFO.*after 5 images: end of source; set loop')
    listener.wait_for_nodes(['/camera'], process)
    assert not process.lines('ERROR')


def test_death_of_ffmpeg_is_a_lost_device_that_comes_back(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='ffmpeg', ffmpeg_args=LAVFI, reconnect_interval=0.2))
    inbox.wait(5, process)
    for times in range(1, 4):
        (pid,) = until(lambda: children(process), 'an ffmpeg process', process)
        os.kill(pid, signal.SIGKILL)
        until(lambda: len(process.lines('capturing again')) == times, 'the next one', process)
        inbox.wait(len(inbox.so_far()) + 5, process)
    assert re.search('killed.*device lost', process.lines('ERROR')[0])
    stamps = [nanoseconds(image.header.stamp) for image in inbox.so_far()]
    assert stamps == sorted(set(stamps))
    (pid,) = until(lambda: children(process), 'an ffmpeg process', process)
    process.end()
    assert not os.path.exists(f'/proc/{pid}')


def test_the_input_is_exchanged_at_run_time(av_capture, listener, tmp_path):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='synthetic', ffmpeg_args=LAVFI, loop=True,
                                 allowed_sources="['ffmpeg']", allowed_paths=f"['{tmp_path}']"))
    inbox.wait(2, process)
    client = ParameterClient(listener, '/camera', process)
    client.change(source='ffmpeg')
    got = client.get('image_width', 'image_height', 'framerate')
    assert got == {'image_width': 322, 'image_height': 240, 'framerate': 25.0}
    inbox.wait_until(lambda images: images[-1].width == 322, process, "ffmpeg's images")
    client.refuse('read-only', ffmpeg_args=['-f', 'lavfi', '-i', 'testsrc2'])
    film = video.write(tmp_path / 'film.mkv', 128, 96, 10.0, 20)
    client.change(source='file', video_device=film)
    inbox.wait_until(lambda images: images[-1].width == 128, process, 'those of the film')


@pytest.mark.alone
def test_what_ffmpeg_says_is_logged_once_and_without_a_password(av_capture):
    process = av_capture(*camera(
        source='ffmpeg', video_device='rtsp://robot:secret@127.0.0.1:9/live',
        reconnect_interval=0.1))
    process.wait_for_line('ERROR.*robot:xxxxx@127.0.0.1:9/live.*Connection refused.*device absent')
    assert not process.lines('WARN')
    assert not process.lines('secret')


def test_missing_ffmpeg_says_what_to_install(av_capture, tmp_path):
    process = av_capture(*camera(source='ffmpeg', ffmpeg_args=LAVFI),
                         environment={'PATH': str(tmp_path)})
    process.wait_for_line('ERROR.*there is no ffmpeg on this machine.*apt install ffmpeg')

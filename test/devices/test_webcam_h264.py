"""A USB webcam's own H.264: untouched, byte for byte, and decoded for image_raw."""

import itertools
import re
import subprocess

from ffmpeg_image_transport_msgs.msg import FFMPEGPacket
from foxglove_msgs.msg import CompressedVideo
from harness import access_units
from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import numpy as np
import pytest
from sensor_msgs.msg import Image

pytestmark = pytest.mark.virtual('may have no H.264')

DELIMITER = b'\0\0\0\1\x09'
NUMBER = re.compile(rb'av_captures cam\.([0-9]{8})\x80')  # of webcam/images.go
WIDTH, HEIGHT = 320, 240
UNITS = 30


@pytest.fixture
def film(tmp_path):
    """Return the path of a video with a key frame each ten images."""
    path = tmp_path / 'film.h264'
    subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', f'testsrc2=size={WIDTH}x{HEIGHT}:rate=15',
         '-frames:v', str(UNITS), '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast',
         '-tune', 'zerolatency', '-bf', '0', '-g', '10', '-x264-params', 'aud=1', path],
        check=True)
    return path


def number_of(unit):
    """Return the number that the webcam has given an access unit."""
    return int(NUMBER.search(unit)[1])


def without_number(unit):
    """Return an access unit as it is in the film."""
    begin = unit.index(b'\0\0\0\1\x06\x05\x18av_captures cam.')
    return unit[:begin] + unit[NUMBER.search(unit).end():]


def test_h264_arrives_byte_for_byte_and_is_decoded_for_image_raw(
        av_capture, listener, webcams, film):
    units = [DELIMITER + part for part in film.read_bytes().split(DELIMITER) if part]
    assert len(units) == UNITS
    webcam = webcams(0, uvc='1.1', formats='h264,yuyv', sizes=f'{WIDTH}x{HEIGHT}', rates='15',
                     video=film)
    packets = listener.subscribe(FFMPEGPacket, '/camera/image_raw/ffmpeg')
    videos = listener.subscribe(CompressedVideo, '/camera/video')
    process = av_capture(*of_camera(
        video_device=webcam.by_path, image_width=WIDTH, image_height=HEIGHT, framerate=15.0,
        pixel_format='h264'))
    packets.wait(2 * UNITS, process)
    assert not children(process)

    # What is sent is what arrives, from a key frame on.
    arrived = [inbox.so_far() for inbox in (packets, videos)]
    sent = {record['number'] for record in webcam.sent()}
    for messages in arrived:
        numbers = [number_of(bytes(m.data)) for m in messages]
        assert numbers[0] % 10 == 0
        assert all(a < b for a, b in itertools.pairwise(numbers)) and set(numbers) <= sent
        for number, message in zip(numbers, messages):
            assert without_number(bytes(message.data)) == units[number % UNITS]
    for message in packets.so_far():
        number = number_of(bytes(message.data))
        assert message.flags == (number % 10 == 0)
        assert (message.encoding, message.width, message.height) == (
            'h264;yuv420p;bgr8;bgr8', WIDTH, HEIGHT)

    # Decoded, each image has the stamp of its packet.
    raw = listener.subscribe(Image, '/camera/image_raw')
    raw.wait(12, process)
    number_at = {nanoseconds(m.header.stamp): number_of(bytes(m.data)) for m in packets.so_far()}
    pictures = access_units.decode(units, 'h264', WIDTH, HEIGHT)
    compared = 0
    for image in raw.so_far():
        number = number_at.get(nanoseconds(image.header.stamp))
        if number is None:
            continue
        assert (image.encoding, image.width, image.height) == ('bgr8', WIDTH, HEIGHT)
        off = np.abs(pixels(image).astype(int) - pictures[number % UNITS])
        assert off.mean() < 1
        compared += 1
    assert compared >= 8
    client = ParameterClient(listener, '/camera', process)
    assert client.get('pixel_format') == {'pixel_format': 'h264'}
    client.refuse('H264/YUYV 320x240', 'set pixel_format to bgr8, rgb8, mono8, h264 or yuv422_yuy2',
                  pixel_format='mjpeg')


def children(process):
    """Return the processes that a process has started."""
    return subprocess.run(['ps', '-o', 'pid=', '--ppid', str(process.pid)],
                          stdout=subprocess.PIPE, text=True, check=False).stdout.split()

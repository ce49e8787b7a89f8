"""H.264 and H.265 on image_raw/ffmpeg and video: each image with its own stamp."""

import itertools
import os
import signal

from ffmpeg_image_transport_msgs.msg import FFMPEGPacket
from foxglove_msgs.msg import CompressedVideo
from harness import access_units
from harness.deadline import until
from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import camera
from harness.pattern import frame_number
import pytest
from sensor_msgs.msg import Image

FFMPEG = '/camera/image_raw/ffmpeg'
VIDEO = '/camera/video'


def is_key(unit, codec):
    """Tell whether an access unit is a key frame, which has to have its parameter sets."""
    kinds = set(access_units.kinds(unit, codec))
    key, sets = ({5}, {7, 8}) if codec == 'h264' else ({19, 20}, {32, 33, 34})  # IDR
    assert not key & kinds or sets <= kinds
    return bool(key & kinds)


def numbers(messages, codec):
    """Return the picture's number of each message."""
    units = [bytes(m.data) for m in messages]
    images = access_units.decode(units, codec, 320, 240)
    found = [frame_number(image, 'bgr8') for image in images]
    assert None not in found
    return found


def number_of(image):
    """Return the picture's number in an image."""
    return frame_number(pixels(image), image.encoding)


@pytest.mark.parametrize('encoder, codec, pixel_format, wording', [
    ('h264', 'h264', 'bgr8', 'h264;yuv420p;bgr8;bgr8'),
    ('libx264', 'h264', 'mono8', 'h264;yuv420p;mono8;mono8'),
    ('hevc', 'hevc', 'rgb8', 'hevc;yuv420p;rgb8;rgb8'),
])
def test_each_picture_has_its_own_stamp(
        av_capture, listener, encoder, codec, pixel_format, wording):
    raw = listener.subscribe(Image, '/camera/image_raw')
    packets = listener.subscribe(FFMPEGPacket, FFMPEG)
    videos = listener.subscribe(CompressedVideo, VIDEO)
    process = av_capture(*camera(
        source='synthetic', image_width=320, image_height=240, framerate=10.0, frame_id='eye',
        pixel_format=pixel_format, image_raw__ffmpeg__encoder=encoder,
        image_raw__ffmpeg__gop_size=5))
    packets = packets.wait(12, process)
    videos = videos.wait(12, process)
    raw = {nanoseconds(m.header.stamp): number_of(m) for m in raw.wait(12, process)}

    assert {m.encoding for m in packets} == {wording}
    assert {(m.width, m.height, m.header.frame_id, m.is_bigendian) for m in packets} == {
        (320, 240, 'eye', False)}
    assert {(m.format, m.frame_id) for m in videos} == {
        ({'h264': 'h264', 'hevc': 'h265'}[codec], 'eye')}
    for message in packets:
        assert message.flags == is_key(bytes(message.data), codec)
    assert packets[0].flags == 1 and is_key(bytes(videos[0].data), codec)
    assert max(gap for gap in gaps([m.flags for m in packets])) <= 5
    pts = [m.pts for m in packets]
    assert pts == sorted(set(pts))

    # Both are the same video.
    by_stamp = {nanoseconds(m.timestamp): bytes(m.data) for m in videos}
    both = [m for m in packets if nanoseconds(m.header.stamp) in by_stamp]
    assert len(both) >= 5
    assert all(by_stamp[nanoseconds(m.header.stamp)] == bytes(m.data) for m in both)

    # Each picture is that of image_raw with the same stamp.
    compared = 0
    for stamp, number in zip([nanoseconds(m.header.stamp) for m in packets],
                             numbers(packets, codec)):
        if stamp in raw:
            assert raw[stamp] == number
            compared += 1
    assert compared >= 5


def gaps(flags):
    """Return the distances between key frames."""
    at = [i for i, flag in enumerate(flags) if flag]
    return [b - a for a, b in itertools.pairwise(at)] + [len(flags) - at[-1]]


def encoders_of(process):
    """Return the processes of ffmpeg that a process has started."""
    found = []
    for task in os.listdir(f'/proc/{process.pid}/task'):
        with open(f'/proc/{process.pid}/task/{task}/children') as children:
            found += [int(pid) for pid in children.read().split()]
    return found


def test_an_encoder_runs_only_while_subscribed_and_again_after_its_death(av_capture, listener):
    raw = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(
        source='synthetic', image_width=320, image_height=240, framerate=30.0,
        reconnect_interval=0.1))
    raw.wait(3, process)
    assert encoders_of(process) == []

    inbox = listener.subscribe(CompressedVideo, VIDEO)
    inbox.wait(5, process)
    first, = until(lambda: encoders_of(process), 'an encoder', process)
    os.kill(first, signal.SIGKILL)
    process.wait_for_line('1 images could not be published.*video: ffmpeg was killed')
    second, = until(lambda: [pid for pid in encoders_of(process) if pid != first],
                    'another encoder', process)
    messages = inbox.wait_until(
        lambda all_: sum(is_key(bytes(m.data), 'h264') for m in all_[1:]) > 2 and len(all_) > 60,
        process, 'more video')
    stamps = [nanoseconds(m.timestamp) for m in messages]
    assert stamps == sorted(set(stamps))
    numbers(messages, 'h264')  # ffmpeg decodes all of it, without a complaint

    # What joins later begins with a key frame.
    late = listener.subscribe(FFMPEGPacket, FFMPEG)
    assert late.wait(1, process)[0].flags == 1
    assert encoders_of(process) == [second]

    listener.unsubscribe(inbox)
    listener.unsubscribe(late)
    until(lambda: encoders_of(process) == [], 'the end of the encoder', process)


def test_an_encoder_can_be_exchanged(av_capture, listener):
    inbox = listener.subscribe(CompressedVideo, VIDEO)
    process = av_capture(*camera(source='synthetic', image_width=320, image_height=240))
    inbox.wait(3, process)
    client = ParameterClient(listener, '/camera', process)
    client.change(image_raw__ffmpeg__encoder='hevc')
    messages = inbox.wait_until(lambda all_: all_[-1].format == 'h265', process, 'H.265')
    first = next(m for m in messages if m.format == 'h265')
    assert is_key(bytes(first.data), 'hevc')
    client.refuse('image_raw.ffmpeg.encoder', image_raw__ffmpeg__encoder='-y /etc/passwd')
    client.change(image_raw__ffmpeg__encoder='h264_such')
    process.wait_for_line('has no encoder "h264_such" for H.264 or H.265: it has .*libx264')

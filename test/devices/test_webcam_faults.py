"""A USB webcam with damaged images, that slows down, and on a bus without bandwidth."""

import collections

from diagnostic_msgs.msg import DiagnosticArray
from harness.deadline import until
from harness.image import pixels
from harness.parameter_client import ParameterClient
from harness.parameters import camera as of_camera
import pytest
from rig.arrivals import compare
from rig.judge import BACK
from rig.told import check_told
from sensor_msgs.msg import CompressedImage, Image

pytestmark = pytest.mark.virtual('does not fail when it is told to')

SIZE = {'image_width': 640, 'image_height': 480}
FAULTS = ['cut', 'padded', 'garbage', 'empty', 'flagged']
ROUNDS = 2
DARKNESS = [6, 12, 1]  # images come so much slower
FEW = 5  # images, of which OpenCV takes three to know a new rate


def test_damaged_images_are_counted_to_the_one(av_capture, listener, webcam):
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    files = listener.subscribe(CompressedImage, '/camera/image_raw/compressed')
    process = av_capture(*of_camera(video_device=webcam.by_id, pixel_format='mjpeg', **SIZE))
    files.wait(5, process)
    have_faults(webcam, FAULTS, files, process)
    listener.unsubscribe(files)
    missing = compare(webcam, [bytes(message.data) for message in files.so_far()])
    # The driver passes JPEG of any length on, and keeps what is empty or marked itself: that
    # shows by its sequence numbers.
    damaged, lost = parted(missing, {'cut', 'garbage'}, {'empty', 'flagged'})
    check_told(statuses, process, damaged=damaged, drops=lost)

    raw = listener.subscribe(Image, '/camera/image_raw')
    client = ParameterClient(listener, '/camera', process)
    client.change(pixel_format='yuv422_yuy2')
    raw.wait_until(unchanged, process, 'raw images')
    # Of raw images it keeps all that have another length. Noise is as good as any.
    have_faults(webcam, [name for name in FAULTS if name != 'garbage'], raw, process)
    missing = compare(webcam, [pixels(m).tobytes() for m in unchanged(raw.so_far())])
    damaged_now, lost_now = parted(missing, set(), {'cut', 'empty', 'flagged', 'padded'})
    check_told(statuses, process, damaged=damaged + damaged_now, drops=lost + lost_now)
    process.end()


def unchanged(messages):
    """Return the raw images."""
    return [message for message in messages if message.encoding == 'yuv422_yuy2']


def parted(missing, damaged, kept):
    """
    Require that of each fault ROUNDS images are missing.

    Return how many of them have arrived damaged, and how many have not arrived: the latter
    may be whole ones too, which a busy machine has not fetched in time.
    """
    counts = collections.Counter(record['fault'] for record in missing)
    whole = counts.pop('', 0)
    assert counts == dict.fromkeys(damaged | kept, ROUNDS)
    return sum(counts[name] for name in damaged), sum(counts[name] for name in kept) + whole


def have_faults(webcam, names, inbox, process):
    """Have each fault happen, among whole images, and wait for one after the last."""
    for name in names * ROUNDS:
        before = len(webcam.record('image'))
        webcam.command('fault', name, 1)

        def whole():
            faults = [record['fault'] for record in webcam.record('image')[before:]]
            return name in faults and len(faults) - faults.index(name) > 3
        until(whole, f'three whole images after one that is {name}', process)
    inbox.wait(len(inbox.so_far()) + 3, process)


def test_slow_webcam_loses_nothing_and_bandwidth_is_waited_for(av_capture, listener, webcam):
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    files = listener.subscribe(CompressedImage, '/camera/image_raw/compressed')
    process = av_capture(*of_camera(
        video_device=webcam.by_id, pixel_format='mjpeg', reconnect_interval=0.2,
        allowed_sources="['opencv']", **SIZE))
    files.wait(FEW, process)
    darken(webcam, files, process)

    client = ParameterClient(listener, '/camera', process)
    webcam.command('narrow', 1)
    client.change(image_width=1280, image_height=720)
    process.wait_for_line('ERROR.*the USB bus has no bandwidth left: try a smaller size or rate')
    webcam.command('narrow', 0)
    process.wait_for_line(BACK)
    files.wait(len(files.so_far()) + FEW, process)
    assert len(process.lines('ERROR')) == 1, process.text()
    listener.unsubscribe(files)
    missing = len(compare(webcam, [bytes(message.data) for message in files.so_far()]))

    # OpenCV tells no sequence numbers, so that stamps have to tell what is lost.
    raw = listener.subscribe(Image, '/camera/image_raw')
    client.change(source='opencv', pixel_format='yuv422_yuy2', **SIZE)
    raw.wait_counted(FEW, lambda messages: len(unchanged(messages)), process, 'raw images')
    darken(webcam, raw, process)
    missing += len(compare(webcam, [pixels(m).tobytes() for m in unchanged(raw.so_far())]))
    check_told(statuses, process, drops=missing)
    process.end()


def darken(webcam, inbox, process):
    """Have images come slower, and fast again."""
    for factor in DARKNESS:
        webcam.command('dim', factor)
        inbox.wait(len(inbox.so_far()) + FEW, process)

"""A USB webcam that is unplugged: image and sound say so at once, and nothing is left of it."""

import os
import re
import time

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray
from harness.deadline import until
from harness.parameters import arguments
import pytest
from rig.arrivals import compare
from rig.resources import resources
from rig.told import check_told
from sensor_msgs.msg import CompressedImage

pytestmark = pytest.mark.virtual('is not unplugged by itself')

BACK = 'capturing again'
AGAIN = int(os.environ.get('AV_CAPTURE_TEST_UNPLUGS', '5'))
WARM_UP = 2  # of them, after which nothing more is kept
MEMORY = 16 << 20  # [bytes] Go's moves by 12 MB, up and down, in 100 unplugs as in 5
SECOND = 10**9  # [ns]
STAMP = re.compile(r'\[ERROR\] \[(\d+)\.(\d{9})\]')


def test_unplugged_webcam_is_told_of_at_once_and_comes_back(av_capture, listener, webcam):
    files = listener.subscribe(CompressedImage, '/camera/image_raw/compressed')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    statuses = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(
        *arguments('camera', {'video_device': webcam.by_id, 'pixel_format': 'mjpeg',
                              'image_width': 640, 'image_height': 480, 'reconnect_interval': 0.2}),
        *arguments('microphone', {'backend': 'alsa', 'device': "'usb-vhci_hcd.0-1'",
                                  'sample_rate': 48000, 'block_size': 4800,
                                  'reconnect_interval': 0.2}),
        environment={'MALLOC_ARENA_MAX': '1'})
    before, unplugged = None, []
    for number in range(AGAIN):
        for inbox in (files, sound):
            inbox.wait(len(inbox.so_far()) + 3, process)
        if number == WARM_UP:
            before = resources(process)
        unplugged.append(time.time_ns())
        webcam.unplug()
        until(lambda: len(process.lines('ERROR.*unplugged')) >= 2 * (number + 1), 'both losses',
              process)
        webcam.plug()
        until(lambda: len(process.lines(BACK)) >= 2 * (number + 1), 'both returns', process)
    for inbox in (files, sound):
        inbox.wait(len(inbox.so_far()) + 3, process)
    after = resources(process)
    print(f'before {before}, after {after}')
    check_log(process, unplugged)
    assert after['descriptors'] <= before['descriptors']
    # Go's runtime starts a thread now and then.
    assert after['threads'] <= before['threads'] + 4
    assert after['resident'] - before['resident'] < MEMORY
    for node in ('camera', 'microphone'):
        check_told(statuses, process, node, reconnects=AGAIN)
    process.end()
    compare(webcam, [bytes(message.data) for message in files.so_far()])


def check_log(process, unplugged):
    """Require that both nodes have told of each unplug at once, and have said nothing twice."""
    for node in ('camera', 'microphone'):
        lines = process.lines(rf'\[{node}\]: ')
        ends = [at for at, line in enumerate(lines) if BACK in line]
        outages = [[line for line in lines[start:end] if 'ERROR' in line]
                   for start, end in zip([0, *ends], ends)]
        delays = []
        for at, (first, *more) in zip(unplugged, outages, strict=True):
            assert 'unplugged' in first, first
            seconds, nanoseconds = STAMP.match(first).groups()
            delays.append(int(seconds) * SECOND + int(nanoseconds) - at)
            # It is missing: that is told when it lasts.
            texts = [line.split(']: ', 1)[1] for line in more]
            assert all('device absent' in t or 'unknown device' in t for t in texts), texts
            assert len(set(texts)) == len(texts), texts
        print(f'{node}: told of after up to {max(delays) / 1e6:.1f} ms')
        assert min(delays) >= 0 and max(delays) < SECOND, delays

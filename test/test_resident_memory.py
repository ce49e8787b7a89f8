"""The process stays as large as it is when a subscriber is slow for the first time."""

import os
from pathlib import Path
import signal
import sys

from harness.parameters import camera
from harness.process import Process
from sensor_msgs.msg import CameraInfo

WIDTH, HEIGHT = 1920, 1080
IMAGE = 3 * WIDTH * HEIGHT  # [bytes]
RECEIVER = os.path.join(os.path.dirname(__file__), 'harness', 'receiver.py')


def resident(process):
    """Return a process's own resident memory [bytes]."""
    status = Path(f'/proc/{process.pid}/status').read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith('RssAnon'))


def test_stopped_subscriber_does_not_make_the_process_larger(av_capture, listener, domain):
    # Reliable, so that the publisher keeps five images for it when it stands still.
    receiver = Process(['/camera/image_raw', 10**9, 'reliable'], {'ROS_DOMAIN_ID': str(domain)},
                       command=[sys.executable, RECEIVER])
    try:
        inbox = listener.subscribe(CameraInfo, '/camera/camera_info')
        process = av_capture(*camera(source='synthetic', image_width=WIDTH, image_height=HEIGHT))
        receiver.wait_for_line('received the first image')

        def captured(images):
            """Wait for so many further images."""
            inbox.wait(len(inbox.so_far()) + images, process)

        captured(10)
        before = resident(process)
        receiver.send(signal.SIGSTOP)
        captured(20)
        assert resident(process) - before < IMAGE // 2
    finally:
        receiver.kill()

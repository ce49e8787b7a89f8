"""What a film costs whose images are stored as they come."""

import os
from pathlib import Path
import signal
import subprocess
import tempfile
import time

from ament_index_python.packages import get_package_prefix
from harness.usage import processor_time
from publisher import environment, Publisher

FULL_HD = {'camera__image_width': 1920, 'camera__image_height': 1080, 'camera__framerate': 30.0}


def film(domain, *, seconds=10.0):
    """Return the share of a core [%] of av_save and of its ffmpeg at 1080p30, with sound."""
    with tempfile.TemporaryDirectory() as folder, \
            Publisher(domain, ['camera', 'microphone'], **FULL_HD):
        saving = subprocess.Popen(
            [os.path.join(get_package_prefix('av_capture'), 'lib/av_capture/av_save'),
             '--video', 'copy', os.path.join(folder, 'film.mkv')],
            env=environment(domain), stdout=subprocess.PIPE, text=True)
        try:
            for line in saving.stdout:
                if ' 0 images' not in line and ' images,' in line:
                    break
            pids = [saving.pid, *(
                int(word) for task in Path(f'/proc/{saving.pid}/task').glob('*/children')
                for word in task.read_text().split())]
            before, start = [processor_time(pid) for pid in pids], time.monotonic()
            time.sleep(seconds)
            spent = [processor_time(pid) - x for pid, x in zip(pids, before)]
            lasted = time.monotonic() - start
        finally:
            saving.send_signal(signal.SIGINT)
            saving.communicate()
    return {'core': 100 * sum(spent) / lasted, 'ffmpeg': 100 * sum(spent[1:]) / lasted}

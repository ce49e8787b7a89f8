"""
Measures in the guest what capturing an image costs: tools/bench.sh capture.

    capture.py BINARY FOLDER

BINARY is the test binary of package v4l2, FOLDER has JPEGs named 640x480.jpg and so on, which
v4l2loopback then sends; raw images come from vivid. The guest's clock counts instructions, so
that the figures are those of this machine and of every other.
"""

import os
from pathlib import Path
import subprocess
import sys

sys.path[:0] = ['test', 'test/devices']

from rig import loopback  # noqa: E402

IMAGES = 60


def measure(binary, camera=None):
    """Run the benchmarks, on a camera other than vivid if it is named."""
    environment = {**os.environ, 'AV_CAPTURE_TEST_DEVICES': 'virtual'}
    if camera is not None:
        environment['AV_CAPTURE_TEST_CAMERA'] = camera
    subprocess.run([binary, '-test.run', '^$', '-test.bench', 'VividCapture',
                    f'-test.benchtime={IMAGES}x'], env=environment, check=True)


def main(binary, folder):
    """Measure all."""
    measure(binary)
    camera, = loopback.plug(1)
    for path in sorted(Path(folder).glob('*x*.jpg')):
        width, height = map(int, path.stem.split('x'))
        with camera.offer('MJPG', width, height, 60.0) as stream:
            stream.show(path.read_bytes())
            measure(binary, camera.path)


if __name__ == '__main__':
    main(*sys.argv[1:])

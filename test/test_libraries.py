"""Libraries are loaded by those processes alone that need them."""

import os
from pathlib import Path
import re
import subprocess

from ament_index_python.packages import get_package_prefix
from harness.parameters import camera
import pytest
from sensor_msgs.msg import Image

PROGRAMS = Path(get_package_prefix('av_capture'), 'lib/av_capture')
OURS = {'core', 'imgproc'}  # what we call of OpenCV
# What OpenCV's imgcodecs and videoio bring.
FOREIGN = re.compile(r'lib(gdal|gdcm\w*|avcodec|avformat|gstreamer\S*|poppler\S*|python\S*)\.so')


def opencv(libraries):
    """Return the modules of OpenCV, but of one that is built as one library."""
    return set(re.findall(r'libopencv_(\w+)\.so', libraries)) - {'world'}


@pytest.mark.check
@pytest.mark.parametrize('program', sorted(path.name for path in PROGRAMS.iterdir()))
def test_programs_are_linked_with_what_they_call(program):
    # As ldd does, with glibc.
    told = subprocess.run([PROGRAMS / program], env={**os.environ, 'LD_TRACE_LOADED_OBJECTS': '1'},
                          check=True, capture_output=True, text=True).stdout
    assert 'librcl.so' in told
    assert 'not found' not in told
    if 'libopencv_world' not in told:
        assert opencv(told) <= OURS
        assert not FOREIGN.findall(told)


def test_opencvs_video_input_is_loaded_by_the_source_that_needs_it(av_capture, listener, tmp_path):
    film = tmp_path / 'film.avi'
    subprocess.run(['ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25',
                    '-frames:v', '5', '-c:v', 'mjpeg', film], check=True)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    for loaded, parameters in ((False, {'source': 'synthetic'}),
                               (True, {'source': 'file', 'video_device': str(film), 'loop': True})):
        process = av_capture(*camera(**parameters))
        inbox.wait(len(inbox.so_far()) + 3, process)
        maps = Path(f'/proc/{process.pid}/maps').read_text()
        process.end()
        assert (len(opencv(maps) - OURS) > 0 or 'libopencv_world' in maps) == loaded

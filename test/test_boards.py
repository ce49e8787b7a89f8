"""
The lines of doc/boards.md work, with a test picture in place of the board's camera.

The camera's own program and GStreamer elements are replaced by stand-ins; all else is what
the document says, word for word.
"""

import hashlib
import os
from pathlib import Path
import re
import signal
import subprocess
import textwrap

from harness.image import pixels
import numpy as np
import pytest
from sensor_msgs.msg import CompressedImage, Image

DOCUMENT = Path(__file__).parents[1] / 'doc' / 'boards.md'
WIDTH, HEIGHT = 1280, 720
FRAMES = 30  # of one run of the stand-in

RPICAM_VID = f"""\
#!/usr/bin/env python3
'''Stands in for rpicam-vid: the options of rpicam-apps 1.5, and a test picture.'''
import argparse, os
parser = argparse.ArgumentParser(allow_abbrev=False)
for flag in '--nopreview', '--flush':
    parser.add_argument(flag, action='store_true', required=True)
for option in '--timeout', '--codec', '--width', '--height', '--framerate', '--output':
    parser.add_argument(option, required=True)
parser.add_argument('--quality')
a = parser.parse_args()
assert a.timeout == '0', 'it would end after 5 s'
output = {{'mjpeg': ['-c:v', 'mjpeg', '-f', 'mjpeg'],
          'yuv420': ['-c:v', 'rawvideo', '-f', 'rawvideo']}}[a.codec]
os.execvp('ffmpeg', [
    'ffmpeg', '-v', 'error', '-nostdin', '-re', '-threads', '1', '-f', 'lavfi',
    '-i', f'testsrc2=size={{a.width}}x{{a.height}}:rate={{a.framerate}},format=yuv420p',
    '-threads', '1', '-frames:v', '{FRAMES}', *output, a.output])
"""


def block(*words):
    """Return the one indented block of the document that has all these words."""
    blocks = re.findall(r'(?:^(?: {4}.*)?\n)+', DOCUMENT.read_text(), re.MULTILINE)
    (found,) = [b for b in blocks if b.strip() and all(word in b for word in words)]
    return textwrap.dedent(found).strip('\n') + '\n'


@pytest.fixture
def parameters(tmp_path):
    """Return a function that writes a parameter file and returns the camera's arguments."""
    def write(text):
        path = tmp_path / 'parameters.yaml'
        path.write_text(text)
        return '--nodes', 'camera', '--ros-args', '--params-file', path
    return write


@pytest.fixture
def rpicam_vid(tmp_path):
    """Return a function that runs a script that calls rpicam-vid, until the test is over."""
    running = []

    def run(script):
        folder = tmp_path / 'bin'
        folder.mkdir()
        (folder / 'rpicam-vid').write_text(RPICAM_VID)
        (folder / 'rpicam-vid').chmod(0o755)
        running.append(subprocess.Popen(
            ['bash', '-c', script], start_new_session=True, stdin=subprocess.DEVNULL,
            env={**os.environ, 'PATH': f'{folder}{os.pathsep}{os.environ["PATH"]}'}))

    yield run
    for script in running:
        os.killpg(script.pid, signal.SIGKILL)
        script.wait()


def numbered(*output):
    """Return the number of each image of the stand-in, by the hash of what ffmpeg makes of it."""
    hashes = subprocess.run(
        ['ffmpeg', '-v', 'error', '-nostdin', '-f', 'lavfi',
         '-i', f'testsrc2=size={WIDTH}x{HEIGHT}:rate=30,format=yuv420p', '-threads', '1',
         '-frames:v', str(FRAMES), *output, '-f', 'framehash', '-hash', 'md5', '-'],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    lines = [line for line in hashes.splitlines() if not line.startswith('#')]
    return {line.split(',')[5].strip(): number for number, line in enumerate(lines)}


@pytest.mark.parametrize('words, replaced', [
    (['libcamerasrc'], {'libcamerasrc': 'videotestsrc is-live=true pattern=smpte100'}),
    (['nvarguscamerasrc'], {
        'nvarguscamerasrc': 'videotestsrc is-live=true pattern=smpte100',
        '(memory:NVMM)': '', 'nvvidconv': 'videoconvert'})])
def test_the_pipelines_for_csi_cameras_give_images(
        av_capture, listener, parameters, words, replaced):
    text = block(*words)
    for camera, stand_in in replaced.items():
        assert camera in text
        text = text.replace(camera, stand_in)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*parameters(text))
    image = inbox.wait(3, process)[-1]
    process.wait_for_line(rf'capturing from a GStreamer pipeline.*{WIDTH}x{HEIGHT}, bgr8, 30 im')
    got = pixels(image)
    assert got.shape == (HEIGHT, WIDTH, 3) and image.encoding == 'bgr8'
    # 100 % bars, white the first and blue the last, by way of YUV.
    assert np.abs(got[0, [0, -1]].astype(int) - [(255, 255, 255), (255, 0, 0)]).max() <= 3


@pytest.mark.parametrize('codec, words, topic, kind, output', [
    ('mjpeg', ['"mjpeg"'], '/camera/image_raw/compressed', CompressedImage, ['-c:v', 'mjpeg']),
    ('yuv420', ['rawvideo'], '/camera/image_raw', Image, ['-pix_fmt', 'bgr24'])])
def test_what_rpicam_vid_writes_is_captured_and_taken_again(
        av_capture, listener, parameters, rpicam_vid, tmp_path, codec, words, topic, kind, output):
    known = numbered(*output)
    script, text = block('mkfifo'), block('ffmpeg_args', *words)
    if codec == 'yuv420':
        instead = re.search('With `(.*?)` in the place of `(.*?)` ', DOCUMENT.read_text())
        assert instead[2] in script
        script = script.replace(instead[2], instead[1])
    assert '/home/robot' in script and '/home/robot' in text
    inbox = listener.subscribe(kind, topic)
    process = av_capture(*parameters(text.replace('/home/robot', str(tmp_path))))
    process.wait_for_line('ERROR.*camera.fifo.*: No such file or directory.*: device absent')
    listener.wait_for_topics([topic], process)
    rpicam_vid(script.replace('/home/robot', str(tmp_path)))

    numbers = []

    def runs(images):
        """Return the numbers of the images, of each run of the program."""
        numbers.extend(known[hashlib.md5(bytes(image.data)).hexdigest()]
                       for image in images[len(numbers):])
        return np.split(np.array(numbers), np.flatnonzero(np.diff(numbers) < 0) + 1)

    # Whole images in order, and after the end of the program those of its next run.
    inbox.wait_until(lambda images: len(runs(images)) > 1, process, 'an image of a second run')
    assert all((np.diff(run) > 0).all() for run in runs(inbox.so_far()))
    assert process.lines('ERROR.*device lost') and process.lines('capturing again')


def test_the_parameters_for_a_microphone_are_taken(av_capture, tmp_path):
    path = tmp_path / 'parameters.yaml'
    path.write_text(block('hw:CARD=sndrpigooglevoi'))
    process = av_capture('--nodes', 'microphone', '--ros-args', '--params-file', path)
    process.wait_for_line('ERROR.*sndrpigooglevoi')
    assert not process.lines('WARN')

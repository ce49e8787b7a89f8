"""A film, played by both nodes: picture and sound in step, as in the file."""

import itertools
import json
import subprocess

from av_capture.msg import AudioData
from harness.deadline import until
from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameters import arguments
from harness.process import executable
from harness.set_capture import SetCapture
from harness.sound import samples
import numpy as np
import pytest
from sensor_msgs.msg import Image

RATE = 48000  # [Hz]
PERIOD = 0.02  # [s] of images, of which some are left out
START = 0.35  # [s] at which the sound begins
EVENTS = np.array([0.5, 1.5, 2.5])  # [s] at which the film flashes and beeps


@pytest.fixture(scope='module')
def film(tmp_path_factory):
    """
    Make a film of a variable frame rate; return its path as text, and the times of its images [s].

    The upper half of an image is as bright as its number, from 0, in PERIOD.
    """
    path = tmp_path_factory.mktemp('film') / 'film.mkv'
    # All images at the flash are there; elsewhere every third is left out, and some of a second.
    kept = 'between(mod(n,50),22,30)+gt(mod(n,3),0)*lt(mod(n,50),43)'
    subprocess.run([
        'ffmpeg', '-v', 'error', '-y',
        '-f', 'lavfi', '-i', f'color=s=160x120:r={1 / PERIOD},format=gray,'
        "geq=lum='if(lt(Y,60),N,255*between(mod(T,1),0.499,0.699))'",
        '-f', 'lavfi', '-i',
        f"aevalsrc='0.8*cos(2*PI*1000*t)*between(mod(t,1),0.499999,0.6)':s={RATE}",
        '-t', '3.2', '-filter:v', f"select='{kept}'", '-filter:a', f'atrim={START}:3',
        '-vsync', 'passthrough', '-c:v', 'ffv1', '-c:a', 'pcm_s16le', str(path)],
        check=True)
    times = subprocess.run(
        ['ffprobe', '-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time',
         '-of', 'csv=p=0', str(path)], check=True, capture_output=True, text=True).stdout
    return str(path), [float(line.rstrip(',')) for line in times.split()]


def starts(images, times):
    """
    Return the stamps that time 0 of the film has [ns], each time that it is played.

    Each image has to be at its own time. The film begins again when it is over, or later if the
    machine is busy.
    """
    stamps = [nanoseconds(image.header.stamp) for image in images]
    assert (np.diff(stamps) > 0).all()
    numbers = [int(pixels(image)[0, 0, 0]) for image in images]
    assert set(numbers) <= {round(t / PERIOD) for t in times}
    found = []
    for stamp, number in zip(stamps, numbers):
        start = stamp - round(number * PERIOD * 1e9)
        if not found or abs(start - found[-1]) > 1e6:
            found.append(start)
    length = times[-1] + PERIOD - times[0]
    assert (np.diff(found) > length * 1e9 - 1e6).all(), np.diff(found)
    return np.array(found)


def beeps(blocks):
    """Return the stamps of the first audio frames of beeps [ns], behind a silence of 0.12 s."""
    begin, following = [], None
    for block in blocks:
        if block.first_frame != following:
            last = nanoseconds(block.header.stamp)  # a beep may have begun before
        following = block.first_frame + block.frame_count
        for at in np.flatnonzero(np.abs(samples([block])[:, 0]) > 10000):
            stamp = nanoseconds(block.header.stamp) + round(at * 1e9 / RATE)
            if stamp - last > 0.12e9:
                begin.append(stamp)
            last = stamp
    return np.array(begin)


def skews(begun, heard):
    """Return by how much beeps are later than their images [ms], and their times in the film."""
    due = (begun[:, None] + EVENTS * 1e9).ravel()
    nearest = np.abs(heard[:, None] - due).argmin(1)
    return (heard - due[nearest]) / 1e6, np.tile(EVENTS, len(begun))[nearest]


def play(av_capture, film, **cameras):
    """
    Start the nodes with a film that is played again and again.

    cameras are the names of further cameras, and their sources.
    """
    cameras['camera'] = 'file'
    return av_capture(
        '--nodes', ','.join(['microphone', *(f'{name}=camera' for name in cameras)]),
        *(argument for name, source in cameras.items() for argument in arguments(
            name, {'source': source, 'video_device': film, 'loop': True})),
        *arguments('microphone', {'source': 'file', 'device': film, 'loop': True}))


def test_film_plays_in_step(listener, av_capture, film):
    path, times = film
    images = listener.subscribe(Image, '/camera/image_raw', depth=5000)
    sound = listener.subscribe(AudioData, '/microphone/audio', depth=5000)
    process = play(av_capture, path)
    skew = av_capture('--json', '--count', 4, command=[executable('av_skew')])

    def in_step(count, behind=0):
        """Wait for so many beeps behind so many blocks, and require that images are in step."""
        until(lambda: len(beeps(sound.so_far()[behind:])) >= count, f'{count} beeps', process,
              progress=lambda: len(sound.so_far()))
        heard = beeps(sound.so_far()[behind:])
        images.wait_until(
            lambda all: all and nanoseconds(all[-1].header.stamp) > heard[-1], process,
            'the image of the last beep', len)
        late, at = skews(starts(images.so_far(), times), heard)
        assert np.abs(late).max() < 1, late
        return at

    # At the start, in the middle and at the end, and again after the film has begun again.
    assert set(in_step(5)) == set(EVENTS)
    for before, block in itertools.pairwise(sound.so_far()):  # a busy machine loses, and counts
        assert block.epoch == before.epoch
        assert block.first_frame - before.first_frame - before.frame_count == \
            block.lost_frames - before.lost_frames
    assert skew.status() == 0, skew.text()
    result = json.loads(skew.lines('^{"events"')[-1])
    assert abs(result['median_ms']) < 1 and result['advice'] is None, result
    # A node that comes back joins the other at the present position, and disturbs it in nothing.
    for node in '/microphone', '/camera':
        capture = SetCapture(listener, node, process)
        capture.turn(False)
        capture.turn(True)
        behind = len(sound.so_far())
        in_step(1, behind)
        if node == '/camera':
            images.wait(len(images.so_far()) + 1, process)
            in_step(2, behind)


def test_saved_film_stands_for_the_devices(av_capture, tmp_path):
    path = tmp_path / 'film.mkv'
    nodes = av_capture(
        *arguments('camera', {'source': 'synthetic', 'synthetic.pattern': 'flashes',
                              'image_width': 160, 'image_height': 120}),
        *arguments('microphone', {'source': 'synthetic', 'synthetic.signal': 'impulses'}))
    saving = av_capture('--video', 'ffv1', '--audio', 'pcm', '--duration', 2.5, path,
                        command=[executable('av_save')])
    assert saving.status() == 0, saving.text()
    nodes.end()
    play(av_capture, path, other='ffmpeg')
    skews = [av_capture('--json', '--count', 2, '--ros-args', '-r', f'image:=/{camera}/image_raw',
                        command=[executable('av_skew')]) for camera in ('camera', 'other')]
    for skew in skews:
        assert skew.status() == 0, skew.text()
        # Matroska has times in ms: image and sound are each off by up to 0.5 ms.
        assert abs(json.loads(skew.lines('^{"events"')[-1])['median_ms']) < 1.1, skew.text()

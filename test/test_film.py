"""Films that av_save writes, read back: each image and each sample is at its stamp's time."""

import os
from pathlib import Path
import re
import signal

from harness import film
from harness.deadline import until
from harness.parameters import arguments
from harness.process import executable
from harness.talker import Talker
import numpy as np
import pytest
from rclpy.qos import QoSProfile
from rclpy.time import Time
from sensor_msgs.msg import Image
from std_msgs.msg import Header

SECOND = 1_000_000_000  # [ns]
START = 1_700_000_000 * SECOND  # stamp of a film's beginning [ns]
RATE = 2000  # [Hz] of sound
WIDTH, HEIGHT = 16, 8  # [pixels]
DEPTH = 20000  # messages that wait in a publisher: none is lost, however fast they come


@pytest.fixture
def av_save(av_capture):
    """Return a function that starts av_save with these arguments."""
    return lambda *arguments: av_capture(*arguments, command=[executable('av_save')])


class Camera:
    """Publishes images of one brightness."""

    def __init__(self, listener, topic='/camera/image_raw'):
        """Make the publisher."""
        self._publisher = listener.node.create_publisher(Image, topic, QoSProfile(depth=DEPTH))

    def wait(self, process, count=1):
        """Wait for subscriptions."""
        until(lambda: self._publisher.get_subscription_count() >= count, 'subscriptions', process)

    def show(self, at, grey=0, width=WIDTH, data=None):
        """Publish an image, at a time since START [s]."""
        self._publisher.publish(Image(
            header=Header(stamp=Time(nanoseconds=START + round(at * SECOND)).to_msg()),
            width=width, height=HEIGHT, step=width, encoding='mono8',
            data=data or bytes([grey]) * (width * HEIGHT)))


class Microphone(Talker):
    """
    Publishes a click at each whole second, as a microphone records it.

    Its clock is fast by a part, and audio frame 0 is at a time since START [s].
    """

    def __init__(self, listener, topic='/microphone/audio', fast=0.0, begin=0.0):
        """Make the publisher."""
        super().__init__(listener, topic, depth=DEPTH)
        self.begin, self.rate = begin, RATE * (1 + fast)
        self.index = 0  # of the next audio frame
        self.epoch = 0

    def record(self, until, block=RATE // 4):
        """Publish the blocks up to a time since START [s]."""
        while self.begin + (self.index + block) / self.rate <= until:
            at = self.begin + (self.index + np.arange(block)) / self.rate
            off = at - np.round(at)
            samples = np.round(20000 * np.exp(-(off / 0.001) ** 2)).astype('<i2')
            self.index = self.say(samples.tobytes(), self.index, rate=RATE, epoch=self.epoch,
                                  stamp=START + round(at[0] * SECOND))

    def lose(self, until):
        """Lose the sound up to a time since START [s], within an epoch."""
        self.index = round((until - self.begin) * self.rate)


def flashes(path, stream='v:0'):
    """Return the times of bright images [s]."""
    return film.times(path, stream)[film.images(path, stream)[:, 2, 2] > 128]


def clicks(path, stream='a:0'):
    """Return the times of the clicks in sound [s]: their centres of gravity."""
    samples = film.sound(path, stream)[:, 0].astype(float)
    found = []
    for peak in np.flatnonzero((samples > 0.3) & (samples >= np.roll(samples, 1))
                               & (samples > np.roll(samples, -1))):
        near = np.arange(max(0, peak - 8), min(len(samples), peak + 9))
        found.append(np.average(near, weights=samples[near].clip(0)) / RATE)
    return np.array(found)


def test_an_hour_stays_in_step_with_its_stamps(av_save, listener, tmp_path):
    path, hour = tmp_path / 'film.mkv', 3600
    camera = Camera(listener)
    fast = Microphone(listener, '/fast/audio', 400e-6, begin=0.3)
    slow = Microphone(listener, '/slow/audio', -400e-6, begin=7.1)  # it begins later
    process = av_save(path, '--image', '/camera/image_raw', '--sound', '/fast/audio',
                      '--sound', '/slow/audio', '--video', 'ffv1', '--audio', 'pcm',
                      '--lossless', '--duration', hour - 0.3)
    for talker in (fast, slow):
        talker.wait(process)
    shown = []
    for second in range(hour):
        if second == 1000:
            fast.lose(1010.3)
        if second == 1500:  # the device is opened anew, and the time that it took estimated
            slow.epoch, slow.begin, slow.index = 1, 1505.2 - (slow.index + 10350) / slow.rate, \
                slow.index + 10350
        if not 2000 < second < 2030:
            for part in (0, 0.17, 0.613):
                camera.show(second + part, 255 * (part == 0))
                shown.append(second + part)
        fast.record(second + 1)
        slow.record(second + 1)
    camera.show(hour)  # each stream goes on behind the end
    fast.record(hour + 2)
    slow.record(hour + 2)
    # The lines of the progress differ as long as there is some.
    assert process.status(lambda: len(set(process.lines()))) == 0, process.text()
    titles = [title for title, _, _ in film.titles(path)]
    assert titles == ['camera', 'fast', 'slow'], process.text()
    assert np.abs(film.times(path, 'v:0') - shown).max() < 0.0011
    for stream, begin, lost in ('a:0', 1, range(1000, 1011)), ('a:1', 8, range(1500, 1506)):
        whole = np.array([s for s in range(begin, hour) if s not in lost])
        heard = clicks(path, stream)
        assert len(heard) == len(whole), process.text()
        assert np.abs(heard - whole).max() < 0.001, stream
        packets = film.times(path, stream)
        assert np.diff(packets).max() < 0.042  # silence is sound
        seen = flashes(path)
        both = np.intersect1d(np.round(seen), whole)
        skew = seen[np.isin(np.round(seen), both)] - heard[np.isin(whole, both)]
        assert np.abs(skew).max() < 0.001
        print(f'{stream}: skew at most {1e3 * np.abs(skew).max():.3f} ms, at the start '
              f'{1e3 * skew[0]:.3f}, in the middle {1e3 * skew[len(skew) // 2]:.3f}, at the end '
              f'{1e3 * skew[-1]:.3f}')


def lights(path):
    """
    Return when the flashes of the synthetic camera begin [s].

    Those before which an image is missing are left out. An image is as bright as the
    share of its period, from its stamp on, in which there is light.
    """
    grey, at = film.images(path)[:, -3, -3].astype(float), film.times(path, 'v:0')
    first = np.flatnonzero((grey[1:] > 20) & (grey[:-1] <= 20) & (np.diff(at) < 0.05)) + 1
    return at[first] + (1 - (grey[first] / 255).clip(0, 1) ** 2.2) / 30


def test_every_container_has_what_the_nodes_publish_at_its_time(av_capture, av_save, tmp_path):
    nodes = av_capture(*arguments('camera', {
        'source': 'synthetic', 'synthetic.pattern': 'flashes', 'image_width': 160,
        'image_height': 120}), *arguments('microphone', {
            'source': 'synthetic', 'synthetic.signal': 'impulses', 'sample_rate': 48000}))
    nodes.wait_for_line('microphone.*capturing')
    films = {'copy.mkv': ['--video', 'copy', '--audio', 'pcm'], 'film.mkv': [], 'film.mp4': [],
             'copy.mov': ['--video', 'copy'], 'film.webm': [], 'film.avi': [],
             'aac.mkv': ['--audio', 'aac', '--video', 'mjpeg']}
    running = {name: av_save(*options, '--duration', 3, tmp_path / name)
               for name, options in films.items()}
    for name, process in running.items():
        assert process.status() == 0, process.text()
        path = tmp_path / name
        assert [kind for _, _, kind in film.titles(path)] == ['video', 'audio']
        begin = film.start(path)
        samples = np.abs(film.sound(path)[:, 0])
        heard = begin + np.flatnonzero(
            samples > 0.5 * samples.max()) / 48000
        seen = begin + lights(path)
        assert len(seen) >= 1 and len(heard) >= 2, process.text()
        for what in seen, heard:
            assert np.abs(what - np.round(what)).max() < 0.002, f'{name}: {what}'


def children(process):
    """Return the numbers of a process's children."""
    return [int(word) for task in Path(f'/proc/{process.pid}/task').glob('*/children')
            for word in task.read_text().split()]


def perform(process, camera, microphone, seconds, width=WIDTH):
    """Publish seconds of 10 images, the first of which is a flash, and of clicks."""
    camera.wait(process)
    microphone.wait(process)
    for second in seconds:
        for i in range(10):
            camera.show(second + i / 10, 255 * (i == 0), width=width)
            microphone.record(second + (i + 1) / 10, block=RATE // 10)


def test_new_sizes_and_steps_of_stamps_begin_new_parts_and_nothing_is_lost(
        av_save, listener, tmp_path):
    path = tmp_path / 'film.mkv'
    camera, microphone = Camera(listener), Microphone(listener)
    process = av_save(path, '--video', 'ffv1', '--audio', 'pcm')
    perform(process, camera, microphone, range(3))
    perform(process, camera, microphone, range(3, 6), width=2 * WIDTH)
    microphone.index = 0  # as a bag that is played in a loop
    perform(process, camera, microphone, range(3), width=2 * WIDTH)
    microphone.index = 7300 * RATE  # as a clock that is set
    perform(process, camera, microphone, range(7300, 7303), width=2 * WIDTH)
    until(lambda: process.lines(' 120 images'), 'the fourth part', process)
    process.end()
    parts = [path, *(tmp_path / f'film_part{number}.mkv' for number in (2, 3, 4))]
    assert sorted(tmp_path.glob('*.mkv')) == parts
    for part, begin, width in zip(
            parts, (0, 3, 0, 7300), (WIDTH, 2 * WIDTH, 2 * WIDTH, 2 * WIDTH)):
        assert film.images(part).shape == (30, HEIGHT, width)
        assert film.start(part) == START / SECOND + begin
        assert np.abs(flashes(part) - [0, 1, 2]).max() < 0.001
        assert np.abs(clicks(part)[-2:] - [1, 2]).max() < 0.001
        assert abs(len(film.sound(part)) - 3 * RATE) <= 1
    assert process.lines('16x8 mono8, and now another format')
    assert process.lines('the stamps of .* step back by')
    assert process.lines('has nothing for 729')


def test_parts_and_the_end_are_cut_at_the_sample(av_save, listener, tmp_path):
    path = tmp_path / 'film.mkv'
    camera, microphone = Camera(listener), Microphone(listener)
    process = av_save(path, '--video', 'ffv1', '--audio', 'pcm', '--split', 2, '--duration', 12)
    perform(process, camera, microphone, range(5))
    microphone.lose(9)  # a pause, of which nothing is saved
    perform(process, camera, microphone, range(9, 14))
    assert process.status() == 0, process.text()
    parts = [path, *(tmp_path / f'film_part{number}.mkv' for number in (2, 3, 4, 5))]
    assert sorted(tmp_path.glob('*.mkv')) == parts
    assert [len(film.images(part)) for part in parts] == [20, 20, 10, 20, 10]
    assert [len(film.sound(part)) for part in parts] == [2 * RATE, 2 * RATE, RATE, 2 * RATE, RATE]


@pytest.mark.parametrize('lossless', [False, True])
def test_images_that_ffmpeg_is_too_slow_for_are_dropped_and_counted_or_end_it(
        av_save, listener, tmp_path, lossless):
    path = tmp_path / 'film.mkv'
    camera = Camera(listener)
    process = av_save(path, '--image', 'camera/image_raw', '--video', 'ffv1', '--buffer', 1,
                      *['--lossless'] * lossless)
    camera.wait(process)
    camera.show(0)
    process.wait_for_line('^saving to')
    until(lambda: children(process), 'ffmpeg', process)
    for child in children(process):
        os.kill(child, signal.SIGSTOP)
    # More than its pipe and the queue take, 1 MiB each.
    width = 1 << 14
    sent = 0

    def overflow():
        nonlocal sent
        sent += 1
        camera.show(sent / 10, width=width)
        return process.lines(r' [1-9]\d* dropped')
    until(overflow, 'a drop', process)
    for child in children(process):
        os.kill(child, signal.SIGCONT)
    if lossless:
        assert process.status() == 2, process.text()
        assert process.lines('too slow.*--buffer')
    else:
        process.end()
        assert process.lines(r'\d+ images dropped')
    written = sum(int(re.search(r'(\d+) images', line)[1]) for line in process.lines('^saved'))
    parts = sorted(tmp_path.glob('*.mkv'))
    assert written == sum(len(film.times(part, 'v:0')) for part in parts)
    if not lossless:
        dropped = int(re.search(r'(\d+) images dropped', process.text())[1])
        assert written + dropped <= sent + 1 and dropped > 0


def test_a_killed_film_plays_to_its_last_second(av_save, listener, tmp_path):
    camera, microphone = Camera(listener), Microphone(listener)
    codecs = {'mkv': 'mjpeg', 'mp4': 'h264'}
    films = {(victim, tmp_path / f'{victim}.{ending}'): av_save(
        tmp_path / f'{victim}.{ending}', '--video', codec)
        for victim in ('ffmpeg', 'av_save') for ending, codec in codecs.items()}
    for publisher in camera, microphone:
        for process in films.values():
            publisher.wait(process, len(films))
    perform(process, camera, microphone, range(20))
    for (victim, path), process in films.items():
        until(lambda path=path: film.length(path) > 19, '19 s in the film', process)
        encoders = children(process)
        if victim == 'av_save':
            process.kill()  # then ffmpeg finishes the film
            until(lambda those=encoders: not any(
                Path(f'/proc/{child}').exists() for child in those), 'its end')
        else:
            for child in encoders:
                os.kill(child, signal.SIGKILL)
            assert process.status(lambda process=process: camera.show(
                30 + len(process.lines()))) == 2, process.text()
            assert process.lines('ends early.*killed')
        assert film.times(path, 'v:0')[-1] >= 18.9 and len(film.images(path)) > 180
        assert len(film.sound(path)) > 18.9 * RATE


def test_a_full_disk_ends_it_with_a_film_that_plays(av_capture, listener, tmp_path):
    path = tmp_path / 'film.mkv'
    camera = Camera(listener)
    process = av_capture(command=[
        'bash', '-c', 'ulimit -f 200; exec "$0" "$@"', executable('av_save'), path,
        '--image', 'camera/image_raw', '--video', 'ffv1'])
    camera.wait(process)
    random = np.random.default_rng(1)
    sent = iter(range(10**6))

    def fill():
        camera.show(next(sent) / 10, data=random.bytes(16 * WIDTH * HEIGHT), width=16 * WIDTH)
        return not process.running
    until(fill, 'the end')
    assert process.status() == 2
    assert process.lines('limit of a file.s size')
    assert len(film.images(path)) > 10


def test_arguments_that_cannot_work_are_refused(av_save, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = [tmp_path / 'new_part2.mkv', tmp_path / 'there.mkv']
    for file in mine:
        file.write_text('mine')
    refused = [(av_save(*arguments), words) for arguments, words in [
        ([], ['FILE is missing']),
        (['film'], ['.mkv', '.mp4', '.webm']),
        (['film.mkv', '--video', 'h265000'], ['no encoder', 'h265000', 'h264']),
        (['film.webm', '--video', 'h264'], ['webm takes', 'vp9']),
        (['film.mkv', '--gaps', 'some'], ['fill or refuse']),
        (['film.mkv', '--option', '-i /etc/passwd'], ['NAME=VALUE']),
        (['there.mkv'], ['there already', '--overwrite']),
        (['new.mkv'], ['new_part2.mkv is there already', '--overwrite']),
        (['film.mkv', '--image', 'a//b'], ['--image', 'a//b']),
        (['film.mkv', '--device', '/dev/dri/renderD128'], ['--device', 'h264_vaapi']),
        (['folder/film.mkv'], ['no such file or directory'])]]
    for process, words in refused:
        assert process.status() == 1, process.text()
        for word in words:
            assert word in process.text()
    assert sorted(tmp_path.glob('*.mkv')) == mine
    assert [file.read_text() for file in mine] == ['mine', 'mine']


def test_a_name_is_that_of_a_file_whatever_it_looks_like(
        av_save, listener, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    camera = Camera(listener)
    names = ['-y.mkv', 'http:film.mkv', 'concat:a|b.mkv', '%03d.mkv']
    films = [av_save('--image', 'camera/image_raw', '--duration', 1, '--video', 'ffv1', '--',
                     name) for name in names]
    camera.wait(films[-1], len(films))
    for i in range(20):
        camera.show(i / 10)
    for process, name in zip(films, names):
        assert process.status() == 0, process.text()
        assert len(film.images(tmp_path / name)) == 10


def test_lost_sound_ends_it_if_it_is_told_to(av_save, listener, tmp_path):
    path = tmp_path / 'film.mkv'
    microphone = Microphone(listener)
    process = av_save(path, '--gaps', 'refuse', '--audio', 'pcm')
    microphone.wait(process)
    microphone.record(2)
    microphone.lose(3)
    microphone.record(4)
    assert process.status() == 2
    assert process.lines(f'{RATE} audio frames of microphone are missing')
    assert abs(len(film.sound(path)) - 2 * RATE) < RATE / 2

"""Films that av_save writes, read back: each image and each sample is at its stamp's time."""

from harness import film
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
RATE = 4000  # [Hz] of sound
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

    def show(self, at, grey=0, width=WIDTH):
        """Publish an image, at a time since START [s]."""
        self._publisher.publish(Image(
            header=Header(stamp=Time(nanoseconds=START + round(at * SECOND)).to_msg()),
            width=width, height=HEIGHT, step=width, encoding='mono8',
            data=bytes([grey]) * (width * HEIGHT)))


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
        near = np.arange(max(0, peak - 12), min(len(samples), peak + 13))
        found.append(np.average(near, weights=samples[near].clip(0)) / RATE)
    return np.array(found)


def test_an_hour_stays_in_step_with_its_stamps(av_save, listener, tmp_path):
    path, hour = tmp_path / 'film.mkv', 3600
    camera = Camera(listener)
    fast = Microphone(listener, '/fast/audio', 400e-6, begin=0.3)
    slow = Microphone(listener, '/slow/audio', -400e-6, begin=7.1)  # it begins later
    process = av_save(path, '--image', '/camera/image_raw', '--sound', '/fast/audio',
                      '--sound', '/slow/audio', '--video', 'ffv1', '--audio', 'pcm',
                      '--lossless', '--idle', 2)
    for talker in (fast, slow):
        talker.wait(process)
    shown = []
    for second in range(hour):
        if second == 1000:
            fast.lose(1010.3)
        if second == 1500:  # the device is opened anew, and the time that it took estimated
            slow.epoch, slow.begin, slow.index = 1, 1505.2 - (slow.index + 20700) / slow.rate, \
                slow.index + 20700
        if not 2000 < second < 2030:
            for part in (0, 0.17, 0.4, 0.613, 0.8):
                camera.show(second + part, 255 * (part == 0))
                shown.append(second + part)
        fast.record(second + 1)
        slow.record(second + 1)
    assert process.status(lambda: len(process.lines())) == 0, process.text()
    assert [title for title, _, _ in film.titles(path)] == ['camera', 'fast', 'slow'], process.text()
    assert np.abs(film.times(path, 'v:0') - shown).max() < 0.0011
    for stream, begin, lost in ('a:0', 1, range(1000, 1011)), ('a:1', 8, range(1500, 1506)):
        whole = np.array([s for s in range(begin, hour) if s not in lost])
        heard = clicks(path, stream)
        assert len(heard) == len(whole), process.text()
        assert np.abs(heard - whole).max() < 0.001, stream
        packets = film.times(path, stream)
        assert np.diff(packets).max() < 0.022  # silence is sound
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

    An image is as bright as the share of its period, from its stamp on, in which there is light.
    """
    grey, at = film.images(path)[:, -3, -3].astype(float), film.times(path, 'v:0')
    first = np.flatnonzero((grey[1:] > 20) & (grey[:-1] <= 20)) + 1
    return at[first] + (1 - (grey[first] / 255).clip(0, 1) ** 2.2) / 30


def test_every_container_has_what_the_nodes_publish_at_its_time(av_capture, av_save, tmp_path):
    nodes = av_capture(*arguments('camera', {
        'source': 'synthetic', 'synthetic.pattern': 'flashes', 'image_width': 160,
        'image_height': 120}), *arguments('microphone', {
            'source': 'synthetic', 'synthetic.signal': 'impulses', 'sample_rate': 48000}))
    nodes.wait_for_line('microphone.*capturing')
    films = {'copy.mkv': ['--video', 'copy', '--audio', 'pcm'], 'film.mkv': [], 'film.mp4': [],
             'copy.mov': ['--video', 'copy'], 'film.webm': [], 'film.avi': [], 'aac.mkv': ['--audio', 'aac', '--video', 'mjpeg']}
    running = {name: av_save(*options, '--duration', 4, tmp_path / name)
               for name, options in films.items()}
    for name, process in running.items():
        assert process.status(lambda p=process: len(p.lines())) == 0, process.text()
        path = tmp_path / name
        assert [kind for _, _, kind in film.titles(path)] == ['video', 'audio']
        begin = film.start(path)
        samples = np.abs(film.sound(path)[:, 0])
        heard = begin + np.flatnonzero(
            samples > 0.5 * samples.max()) / 48000
        seen = begin + lights(path)
        assert len(seen) >= 3, process.text()
        for what in seen, heard:
            assert np.abs(what - np.round(what)).max() < 0.002, f'{name}: {what}'

"""The system's clock is set while both devices capture: stamps follow, and nothing stands still."""

import itertools
import socket
import time

from av_capture.msg import AudioData, Spectrum
from diagnostic_msgs.msg import DiagnosticArray
from harness.deadline import until
from harness.derived import pairs
from harness.listener import Listener, nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import arguments
from harness.service import Service
from harness.set_capture import SetCapture
import pytest
from rig.driver_stamps import check_stamps
from sensor_msgs.msg import CameraInfo, Image
from std_srvs.srv import SetBool

RATE = 44100  # [Hz]
HOUR = 3600.0
# Two seconds and no whole number of images' periods, by which one image's stamp could be taken
# for another's.
STEPS = [(-2.11, '2.1s'), (2.11, '2.1s'), (-5 * HOUR, '5h0m0s'), (5 * HOUR, '5h0m0s')]
SMALL = -0.2  # [s] within the bound up to which stamps never go back

# Little to do: there is no hurry in what is tested, and the guest is slow.
SELDOM = [*arguments('camera', {'framerate': 10.0}),
          *arguments('microphone', {'spectrum.hop_size': 11025, 'spectrogram.rate': 2.0})]

# Between the stamps of audio frames that are a time apart and that time. The device's clock is
# estimated, better and better.
TOLERANCE = 0.1  # [s]


class Topics:
    """What both nodes publish, as it arrives."""

    def __init__(self, listener, process):
        """Subscribe."""
        self._process = process
        self.images = listener.subscribe(Image, '/camera/image_raw')
        self.infos = listener.subscribe(CameraInfo, '/camera/camera_info')
        self.sound = listener.subscribe(AudioData, '/microphone/audio')
        self.reports = listener.subscribe(DiagnosticArray, '/diagnostics')
        self._all = {
            'image_raw': self.images, 'camera_info': self.infos, 'audio': self.sound,
            'camera spectrum': listener.subscribe(Image, '/camera/spectrum'),
            'spectrum': listener.subscribe(Spectrum, '/microphone/spectrum'),
            'spectrogram': listener.subscribe(Image, '/microphone/spectrogram')}

    def follow(self, start, count=3):
        """Wait until the newest stamps of each topic lie between a time and now, and grow."""
        for name, inbox in self._all.items():
            def present(messages):
                stamps = [nanoseconds(message.header.stamp) for message in messages[-count:]]
                return (len(stamps) == count and stamps == sorted(set(stamps)) and
                        start < stamps[0] and stamps[-1] <= time.time_ns())
            inbox.wait_until(present, self._process, f'{name} with the present time')

    def wait_for_images(self, count=10):
        """Return the next images, each of which has to have a camera_info of its stamp."""
        start = len(self.images.so_far())

        def paired(images):
            newest = images[start:start + count]
            return len(newest) == count and len(pairs(newest, self.infos.so_far())) == count
        images = self.images.wait_until(paired, self._process, f'{count} images with camera_info')
        return images[start:start + count]

    def wait_for_reports(self, steps):
        """Wait until both nodes have said twice how often the clock was set back."""
        start = len(self.reports.so_far())

        def told(arrays):
            statuses = [status for array in arrays[start:] for status in array.status]
            return all(sum(status.name == f'{node}: capture' and
                           dict(told_by(status)).get('clock steps') == str(steps)
                           for status in statuses) >= 2
                       for node in ['camera', 'microphone'])
        return self.reports.wait_until(told, self._process, f'reports of {steps} clock steps')


def told_by(status):
    """Return the keys and values of a status."""
    return [(pair.key, pair.value) for pair in status.values]


@pytest.mark.virtual("no test sets this machine's clock")
def test_stamps_follow_the_system_clock(
        av_capture, listener, camera, buffers, sound_card, on_both, system_clock, tmp_path):
    process = av_capture(*on_both, *SELDOM, environment={'ROS_HOME': str(tmp_path)})
    topics = Topics(listener, process)
    topics.follow(0)
    recording = Service(listener, SetBool, '/microphone/set_recording', process)
    assert recording.call(data=True).success
    back = 0
    for step, size in STEPS:
        before = time.time_ns()
        system_clock.step(step)
        # From when on a stamp is none of before the step.
        topics.follow(max(before, time.time_ns()) if abs(step) < HOUR else time.time_ns())
        check_stamps(topics.wait_for_images(), buffers.buffers())
        back += step < 0
        topics.wait_for_reports(back)
        check_said(process, size, step)
    assert recording.call(data=False).success
    check_sound(topics.sound.so_far(), [step for step, _ in STEPS])

    # Stamps wait for a time that was set back a little, and nobody is told.
    start = len(topics.images.so_far()), len(topics.sound.so_far())
    before = time.time_ns()
    system_clock.step(SMALL)
    topics.follow(before)
    check_stamps(topics.wait_for_images(), buffers.buffers())
    topics.wait_for_reports(back)
    for inbox, first in zip((topics.images, topics.sound), start):
        stamps = [nanoseconds(message.header.stamp) for message in inbox.so_far()[first:]]
        assert stamps == sorted(set(stamps))
    assert len(process.lines('clock was set')) == 2 * len(STEPS), process.text()


@pytest.mark.virtual("no test sets this machine's clock")
def test_who_comes_after_a_step_back_hears_of_the_nodes_and_gets_answers(
        av_capture, domain, camera, on_both, system_clock):
    with Neighbour(domain) as neighbour:
        process = av_capture(*on_both)
        process.wait_for_line('capturing from vivid')
        neighbour.wait_for_announcements(process)
        system_clock.step(-5 * HOUR)
        process.wait_for_line('camera.*clock was set back')
        neighbour.wait_for_announcements(process)
    listener = Listener(domain)
    try:
        for node in ['camera', 'microphone']:
            client = ParameterClient(listener, f'/{node}', process)
            assert client.get('frame_id') == {'frame_id': node}
        capture = SetCapture(listener, '/camera', process)
        capture.turn(False)
        assert not camera.is_busy
        capture.turn(True)
        listener.subscribe(Image, '/camera/image_raw').wait(5, process)
    finally:
        listener.close()


class Neighbour:
    """
    A place where a participant of this domain could be, which hears of the others.

    Nobody gets an answer from it: what it hears, every three seconds, is what keeps a
    participant in others' lists. RTPS 2.5, section 9.6.2, has the numbers of ports.
    """

    NUMBER = 25  # beyond the participants that there are, within those that are looked for

    def __init__(self, domain):
        """Take the place."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(('127.0.0.1', 7400 + 250 * domain + 10 + 2 * self.NUMBER))
        self._socket.setblocking(False)

    def __enter__(self):
        """Return it."""
        return self

    def __exit__(self, *_):
        """Leave the place."""
        self._socket.close()

    def wait_for_announcements(self, process, count=3):
        """Wait until so many have come from now on; the process is the only participant."""
        for _ in iter(self._next, b''):
            pass  # from before
        heard = []

        def enough():
            heard.extend(iter(self._next, b''))
            return len(heard) >= count
        until(enough, f'{count} announcements of the process', process)

    def _next(self):
        """Return the oldest message that waits, or nothing."""
        try:
            return self._socket.recv(1 << 16)
        except BlockingIOError:
            return b''


def check_said(process, size, step):
    """Require that each node has said once by how much the clock was set."""
    way, level = ('back', 'WARN') if step < 0 else ('forward', 'INFO')
    for node in ['camera', 'microphone']:
        said = process.lines(rf"{node}\]: the system's clock was set {way} by {size}\b")
        assert len(said) == 1 and level in said[0], process.text()


def check_sound(blocks, steps):
    """
    Require sound whose stamps have made these steps in this order and no more.

    A guest that gets no processor time may lose sound, as counted, but not where a step is.
    """
    # In the middleware's queues those that are stamped earlier overtake the others.
    blocks = sorted(blocks, key=lambda block: block.first_frame)
    made = {}  # by the index of the audio frame
    for before, block in itertools.pairwise(blocks):
        frames = block.first_frame - before.first_frame
        assert frames - before.frame_count == block.lost_frames - before.lost_frames
        between = nanoseconds(block.header.stamp) - nanoseconds(before.header.stamp)
        step = between * 1e-9 - frames / RATE
        if abs(step) > TOLERANCE:
            made[block.first_frame] = step
    assert len(made) == len(steps), made
    assert all(abs(step - wanted) < TOLERANCE for step, wanted in zip(made.values(), steps)), made
    for frame in made:
        states = {(block.epoch, block.lost_frames) for block in blocks
                  if abs(int(block.first_frame) - int(frame)) < 2 * RATE}
        assert len(states) == 1, f'sound was lost: epoch and lost frames were {states}'

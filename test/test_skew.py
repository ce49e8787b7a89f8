"""av_skew on flashes and clicks whose stamps are known, and on our own nodes."""

import functools
import json
import signal
from types import SimpleNamespace

from harness import jpeg
from harness.deadline import until
from harness.parameters import arguments
from harness.process import executable
from harness.talker import Talker
import numpy as np
import pytest
import rclpy
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header, String

START = 1_700_000_000_000_000_000  # [ns]
SECOND = 1_000_000_000  # [ns]
RATE = 8000  # [Hz] of sound
IMAGES = 10  # images a second
PERIOD = SECOND // IMAGES  # [ns] from image to image, and of an exposure
FLASH = SECOND * 3 // 10  # [ns] length of a flash
DARK, BRIGHT = 0.01, 0.6  # light, of full scale


@pytest.fixture
def av_skew(av_capture):
    """Return a function that starts av_skew with these arguments."""
    return lambda *arguments: av_capture(*arguments, command=[executable('av_skew')])


@functools.cache
def picture(grey):
    """Return a JPEG file of one colour."""
    return jpeg.encode(np.full((48, 64), grey, np.uint8))


class Stage:
    """Publishes images and sound of flashes and clicks."""

    def __init__(self, listener, image='/camera/image_raw', audio='/microphone/audio',
                 reliable=True):
        """Make the publishers."""
        self.kind = CompressedImage if image.endswith('/compressed') else Image
        reliability = ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
        self.camera = listener.node.create_publisher(
            self.kind, image, QoSProfile(reliability=reliability, depth=100))
        self.microphone = Talker(listener, audio, reliable)
        self.first = 0  # index of the next audio frame

    def wait(self, process):
        """Wait for both subscriptions."""
        until(self.camera.get_subscription_count, 'a subscription to images', process)
        self.microphone.wait(process)

    def show(self, stamp, light, encoding='mono8'):
        """Publish an image of one colour."""
        grey = round(255 * light ** (1 / 2.2))
        header = Header(stamp=Time(nanoseconds=stamp).to_msg())
        if self.kind is Image:
            message = Image(header=header, width=64, height=48, step=64, encoding=encoding,
                            data=bytes([grey]) * (48 * 64))
        else:
            message = CompressedImage(header=header, format='jpeg', data=picture(grey))
        self.camera.publish(message)

    def play(self, second, flash, click, skew=0, drift=0):
        """
        Publish a second of images and sound, stamped from START + second.

        flash and click are when they come, in ns from the start of the second, or None.
        Sound is stamped skew [ns] earlier, and its clock is slower by drift.
        """
        for i in range(IMAGES):
            lit = 0
            if flash is not None:
                lit = max(0, min((i + 1) * PERIOD, flash + FLASH) - max(i * PERIOD, flash)) / PERIOD
            self.show(START + second * SECOND + i * PERIOD, DARK + (BRIGHT - DARK) * lit)
        samples = np.random.default_rng(second).integers(-20, 20, RATE).astype('<i2')
        if click is not None:
            at = round(click * RATE / SECOND)
            samples[at:at + 80] = 20000
        for at in range(0, RATE, 80):
            played = second * SECOND + at * SECOND // RATE
            self.first = self.microphone.say(
                samples[at:at + 80].tobytes(), self.first, rate=RATE,
                stamp=START - skew + played + round(played * drift))


def events(process):
    """Return the events that it has printed as JSON."""
    return [json.loads(line) for line in process.lines('^{"event"')]


def result(process):
    """Wait for its end, require success, and return the result that it has printed as JSON."""
    assert process.status() == 0, process.text()
    return json.loads(process.lines('^{"events"')[-1])


def perform(stage, process, seconds, **how):
    """
    Play seconds, each a pair of flash and click, until it ends.

    It keeps the newest 30 images, and tells an event of two seconds ago: no more is under way.
    """
    told = []
    for second, (flash, click) in enumerate(seconds):
        stage.play(second, flash, click, **how)
        if second > 1:
            until(lambda: len(events(process)) >= sum(told[:-1]) or not process.running,
                  f'event {sum(told[:-1])}')
        told.append(flash is not None and click is not None)


HALF = SECOND // 2


@pytest.mark.check
@pytest.mark.parametrize('skew', [12_500_000, 0, -250_000_000])
def test_known_skew_is_measured(av_skew, listener, skew):
    stage = Stage(listener)
    process = av_skew('--json', '--count', 6)
    stage.wait(process)
    perform(stage, process, [(HALF, HALF)] * 10, skew=skew)
    found = result(process)
    assert [event['skew_ms'] for event in events(process)] == [skew / 1e6] * 6
    assert [event['image_stamp_ns'] for event in events(process)] == [
        events(process)[0]['image_stamp_ns'] + i * SECOND for i in range(6)]
    assert events(process)[0]['image_stamp_ns'] % SECOND == (START + HALF) % SECOND
    assert found['events'] == 6
    assert found['median_ms'] == found['p1_ms'] == found['p99_ms'] == skew / 1e6
    assert found['mad_ms'] == 0
    assert found['interval_s'] == 1
    assert found['drift_ppm'] is None
    assert found['seen_alone'] == found['heard_alone'] == found['doubtful'] == 0
    assert found['advice'] == ({
        'node': '/listener', 'parameter': 'device_latency', 'add_s': abs(skew) / 1e9}
        if skew else None)
    assert process.output() == process.lines('^{'), process.text()  # nothing else
    assert len(process.output()) == 7


def test_flash_within_an_exposure_and_drift(av_skew, listener):
    stage = Stage(listener)
    process = av_skew('--json', '--count', 20)
    stage.wait(process)
    times = [HALF + second * PERIOD // 7 for second in range(24)]
    perform(stage, process, zip(times, times), drift=100e-6)
    found = result(process)
    for event in events(process):
        at = event['image_stamp_ns'] - START  # without skew, but for the drift
        assert abs(event['skew_ms'] + at * 100e-6 / 1e6) < 0.01 * PERIOD / 1e6, event
    assert abs(found['drift_ppm'] + 100) < 30
    assert 0 < found['drift_error_ppm'] < 30


def test_events_without_a_partner_are_counted(av_skew, listener):
    stage = Stage(listener)
    process = av_skew('--json', '--count', 6)
    stage.wait(process)
    both = (HALF, HALF + 30_000_000)
    seconds = [both, both, both, (HALF, None), both, (None, HALF), (None, HALF), both, both]
    perform(stage, process, seconds + [both] * 3)
    found = result(process)
    assert [event['skew_ms'] for event in events(process)] == [-30] * 6
    assert found['seen_alone'] == 1
    assert found['heard_alone'] == 2


def test_compressed_images_and_other_names(av_skew, listener):
    stage = Stage(listener, '/eye/compressed', '/robot/ear', reliable=False)
    process = av_skew('--count', 3, '--ros-args', '-r', 'image:=/eye/compressed',
                      '-r', 'audio:=/robot/ear')
    stage.wait(process)
    assert process.wait_for_line('looking for a flash on /eye/compressed, .* on /robot/ear')
    second = [0]

    def played():
        # Whatever of best effort gets lost, some arrives.
        stage.play(second[0], HALF, HALF, skew=20_000_000)
        second[0] += 1
        return not process.running
    until(played, 'the end')
    assert process.status() == 0, process.text()
    assert process.lines('best effort')
    assert len(process.lines('the image is stamped 20.000 ms later than the sound')) == 4
    assert process.lines(
        'add 0.0200 to device_latency of /listener: '
        'ros2 param set /listener device_latency 0.0200, if it is 0.0 now')


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_result_is_printed_when_it_is_ended(av_skew, listener, number):
    stage = Stage(listener)
    process = av_skew('--event', 'flash', '--interval', 1)
    stage.wait(process)
    for second in range(5):
        stage.play(second, HALF, HALF - 40_000_000)
        if second > 2:
            process.wait_for_line(f'^ +{second - 2}  .* the image is stamped 40.000 ms later')
    process.end(number)
    assert process.lines('^[3-5] events: the image is stamped 40.000 ms later than the sound')
    assert process.lines(r'^spread: \+40.000 ms .* to \+40.000 ms .*, .* deviation 0.000 ms')
    assert process.lines('seen alone 0, heard alone 0')


@pytest.mark.parametrize('images, sound, words', [
    (False, False, ['neither an image', '/camera/image_raw', 'nor sound', '/microphone/audio']),
    (True, False, ['no sound has come on /microphone/audio']),
    (False, True, ['no image has come on /camera/image_raw']),
    (True, True, ['neither a flash is seen', 'nor a click heard']),
])
def test_nothing_to_measure_is_said(av_skew, listener, images, sound, words):
    stage = Stage(listener)
    process = av_skew()
    stage.wait(process)
    if images:
        for i in range(20):
            stage.show(START + i * PERIOD, DARK)
    if sound:
        stage.microphone.say_all(bytes(16000), rate=RATE)
    process.wait_for_line('; Ctrl-C ends it')
    if images or sound:
        process.wait_for_line('^(no sound|no image|neither.* in 20 images)')
    process.send(signal.SIGINT)
    assert process.status() == 2
    for word in words:
        assert word in process.errors()[-1], process.text()


@pytest.mark.parametrize('topic, words', [
    ('/camera/image_raw', ['/camera/image_raw', 'std_msgs/msg/String', 'sensor_msgs/msg/Image',
                           '-r image:=', '/compressed']),
    ('/microphone/audio', ['/microphone/audio', 'std_msgs/msg/String', 'av_capture/msg/AudioData',
                           '-r audio:=']),
])
def test_publisher_of_another_type_is_said(av_skew, listener, stranger, topic, words):
    stranger.create_publisher(String, topic, 1)
    process = av_skew('--json', '--count', 3)
    warning = process.wait_for_line('is published by /stranger as')
    for word in words:
        assert word in warning, process.text()
    stage = Stage(listener)
    stage.wait(process)
    perform(stage, process, [(HALF, HALF)] * 7, skew=20_000_000)
    assert result(process)['median_ms'] == 20
    assert process.lines('is published by /stranger as') == [warning]


def test_advice_names_the_node_that_was_heard(av_skew, listener):
    idle = [rclpy.create_node(f'idle{i}', context=listener.node.context) for i in range(4)]
    for node in idle:
        node.create_publisher(Image, '/eye', 1)
    camera = rclpy.create_node('camera', namespace='/robot', context=listener.node.context)
    stage = Stage(SimpleNamespace(node=camera), '/eye', '/ear')
    process = av_skew('--json', '--ros-args', '-r', 'image:=/eye', '-r', 'audio:=/ear')
    stage.wait(process)
    perform(stage, process, [(HALF, HALF)] * 5, skew=20_000_000)
    process.wait_for_line('5 nodes publish /eye')  # it has looked for them, and does so again
    for second in range(5, 8):
        stage.play(second, HALF, HALF, skew=20_000_000)
    until(lambda: len(events(process)) >= 6, 'the last event', process)
    # It has gone when the result is computed.
    camera.destroy_node()
    until(lambda: listener.node.count_publishers('/eye') == len(idle), 'its end')
    process.send(signal.SIGINT)
    assert result(process)['advice']['node'] == '/robot/camera'
    for node in idle:
        node.destroy_node()


def test_image_of_unknown_encoding_is_left_out_and_said(av_skew, listener):
    stage = Stage(listener)
    process = av_skew()
    stage.wait(process)
    stage.show(START, DARK, encoding='sepia')
    process.wait_for_line('a message of /camera/image_raw is left out.*"sepia".*pixel_format bgr8')
    process.send(signal.SIGINT)
    assert process.status() == 2
    assert '1 images have come on /camera/image_raw, none of them readable: ' in process.errors()[-1]
    assert '"sepia"' in process.errors()[-1]


def test_big_endian_image_is_left_out_and_said(av_skew, listener):
    stage = Stage(listener)
    process = av_skew()
    stage.wait(process)
    stage.camera.publish(Image(width=2, height=1, step=4, encoding='mono16', is_bigendian=1,
                               data=bytes(4)))
    process.wait_for_line('a message of /camera/image_raw is left out.*"mono16" has is_bigendian 1')
    process.send(signal.SIGINT)
    assert process.status() == 2
    assert 'none of them readable: ' in process.errors()[-1]


@pytest.mark.parametrize('options, words', [
    (['--event', 'bang'], ['--event', 'bang', 'flash', 'clap']),
    (['--interval', 0], ['--interval is 0', '0.1', '60']),
    (['--interval', 'nan'], ['--interval is NaN']),
    (['--count', -1], ['--count is -1']),
    (['--duration', -1], ['--duration is -1']),
    (['film.mp4'], ['film.mp4', '--help']),
    (['--flash'], ['flash', '--help']),
])
def test_argument_is_refused(av_skew, options, words):
    process = av_skew(*options)
    assert process.status() == 1, process.text()
    for word in words:
        assert word in process.errors()[-1], process.text()


@pytest.mark.parametrize('latency, median', [({}, 0), ({'camera': 0.1}, -100)])
def test_our_own_nodes_have_no_skew_but_for_their_device_latency(
        av_capture, av_skew, latency, median):
    parameters = {'camera': {'source': 'synthetic', 'synthetic.pattern': 'flashes'},
                  'microphone': {'source': 'synthetic', 'synthetic.signal': 'impulses'}}
    for node, seconds in latency.items():
        parameters[node]['device_latency'] = seconds
    av_capture(*(argument for node, values in parameters.items()
                 for argument in arguments(node, values)))
    process = av_skew('--json', '--count', 4)
    found = result(process)
    assert abs(found['median_ms'] - median) < 1
    assert found['advice'] is None if not median else found['advice']['node'] == '/microphone'

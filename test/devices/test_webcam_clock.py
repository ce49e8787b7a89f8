"""A flash and a click at one instant are stamped alike, in images and in sound of a USB webcam."""

import json
import os
import re
import subprocess

from av_capture.msg import AudioData
from harness.deadline import until
from harness.listener import nanoseconds
from harness.parameters import arguments
from harness.process import executable
import numpy as np
import pytest
from rig.clocks import system_ahead
from rig.events import behind, clicks, flashes
from rig.judge import BACK, check_growing, check_undisturbed
from sensor_msgs.msg import Image

pytestmark = pytest.mark.virtual('does not tell when it has flashed and clicked')

SECONDS = int(os.environ.get('AV_CAPTURE_TEST_SECONDS', '6'))  # of each phase
RATE = 48000  # [Hz]
BLOCK = RATE // 20  # [audio frames]
PERIOD = 133  # [ms] of events: four images
EVENTS = 20  # for av_skew

# The time that USB takes is in these. The driver stamps an image when its first packets are
# there, which takes the guest 0.1 ms; sound comes in packets of 1 ms, of which the last has just
# ended when its time is taken.
MEDIAN, MOST = 0.3, 1.0  # [ms] of skew

# Of the microphone's clock [ppm], and programs that take all of the processor. The webcam is
# pulled out and plugged in again between two of them.
PHASES = [(0, 0), (400, 0), (-400, 3)]


def test_flash_and_click_are_stamped_alike(av_capture, listener, finally_, webcams):
    # A packet of sound when it is due, as the bus of a real one has it.
    webcam = webcams(batch=1)
    webcam.command('events', PERIOD)
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        *arguments('camera', {
            'video_device': webcam.by_id, 'image_width': 320, 'image_height': 240,
            'framerate': 30.0, 'pixel_format': 'mono8', 'reconnect_interval': 0.2}),
        *arguments('microphone', {
            'backend': 'alsa', 'device': "'Acme Webcam'", 'sample_rate': RATE, 'channels': 1,
            'block_size': BLOCK, 'allow_conversion': False, 'reconnect_interval': 0.2}))
    # The listener is there before av_skew, and so has all that it has.
    images.wait(1, process)
    sound.wait(1, process)
    skew = av_capture('--json', '--interval', PERIOD / 1000, '--count', EVENTS,
                      command=[executable('av_skew')])
    for number, (ppm, programs) in enumerate(PHASES):
        if number:
            replug(webcam, ppm, process, number)
        for _ in range(programs):
            busy = subprocess.Popen(['sh', '-c', 'while :; do :; done'])
            finally_.callback(busy.wait)
            finally_.callback(busy.kill)
        start = len(images.so_far())
        # None of its first blocks and images is left out.
        blocks = epoch(sound.wait_counted(
            SECONDS * RATE // BLOCK, lambda blocks: len(epoch(blocks, number)), process,
            f'{SECONDS} s of sound of epoch {number}'), number)
        taken = images.wait(start + SECONDS * 20, process)[start:]
        check_undisturbed(blocks)
        check_growing(taken)
        if number:
            check_gap(epoch(sound.so_far(), number - 1)[-1], blocks[0])
        judge(webcam, taken, blocks, f'{ppm:+5} ppm, {programs} busy programs')
        if not number:
            assert skew.status() == 0, skew.text()
            check_program(skew, flashes(images.so_far()), clicks(sound.so_far()))
    process.end()
    for node in 'camera', 'microphone':
        assert len(process.lines(rf'ERROR.*\[{node}\].*device lost')) == len(PHASES) - 1, process.text()
    assert not webcam.record('late'), 'the webcam was not asked for images in time'


def epoch(blocks, number):
    """Return the blocks of an epoch."""
    return [block for block in blocks if block.epoch == number]


def replug(webcam, ppm, process, number):
    """
    Pull the plug and put it back, with another rate error of the microphone.

    Both nodes have to notice within a second, and to say it once.
    """
    webcam.unplug()
    for node in 'camera', 'microphone':
        told = until(lambda: process.lines(rf'ERROR.*\[{node}\].*device lost')[number - 1:],
                     f'the loss of the {node}', process)
        at = float(re.search(r'\[(\d+\.\d+)\]', told[-1])[1])
        out = (webcam.record('unplugged')[-1]['at'] + system_ahead()) * 1e-9
        assert at - out < 1, f'the {node} has noticed after {at - out:.2f} s'
        print(f'{node}: noticed {(at - out) * 1e3:+.0f} ms after the plug was out')
    webcam.command('ppm', ppm)
    webcam.plug()
    for node in 'camera', 'microphone':
        until(lambda: len(process.lines(rf'\[{node}\].*({BACK})')) == number,
              f'the return of the {node}', process)


def check_gap(before, after):
    """Require that the index goes on as if sound had run through the gap."""
    lost = after.first_frame - before.first_frame - before.frame_count
    assert after.lost_frames - before.lost_frames == lost
    elapsed = (nanoseconds(after.header.stamp) - nanoseconds(before.header.stamp)) * 1e-6
    counted = (lost + before.frame_count) / RATE * 1e3
    assert abs(counted - elapsed) < 1, f'{counted:.3f} ms of audio frames in {elapsed:.3f} ms'


def judge(webcam, images, blocks, what):
    """Require that events are stamped alike, and tell how late both are."""
    seen, heard = np.array(flashes(images)), np.array(clicks(blocks))
    skew = behind(seen, heard) * 1e-6
    # One without its like was before the first block, or after the last.
    skew = skew[np.abs(skew) < PERIOD / 2]
    assert len(skew) > 0.8 * SECONDS * 1000 / PERIOD, f'{len(seen)} flashes, {len(heard)} clicks'
    ahead = system_ahead()
    image = behind(seen - ahead, [each['instant'] for each in webcam.record('image') if each['flash']])
    click = behind(heard - ahead, [each['instant'] for each in webcam.record('click')])
    print(f'{what}: {describe(skew)}; image {describe(image * 1e-6)}, '
          f'sound {describe(click * 1e-6)} after the event [ms]')
    half = len(skew) // 2
    drift = np.median(skew[half:]) - np.median(skew[:half])
    assert abs(np.median(skew)) < MEDIAN, describe(skew)
    assert np.percentile(np.abs(skew), 99) < MOST, f'{describe(skew)}: {np.round(skew, 2)}'
    assert abs(drift) < MEDIAN, f'the second half is off by {drift:.3f} ms'
    for lateness in image * 1e-6, click * 1e-6:
        assert abs(np.median(lateness)) < MEDIAN, describe(lateness)


def check_program(skew, seen, heard):
    """Require that av_skew has found these flashes and clicks, and the same skew."""
    *events, result = [json.loads(line) for line in skew.lines(r'^\{')]
    print(f'av_skew: {result}')
    assert len(events) == EVENTS
    # It goes by the light of the image, too, which may be a little less than full.
    flash = behind([event['image_stamp_ns'] for event in events], seen)
    click = behind([event['sound_stamp_ns'] for event in events], heard)
    assert np.abs(flash).max() < 0.5e6, flash
    assert np.abs(click).max() < 1e9 / RATE, click
    first, last = (int(f(event['sound_stamp_ns'] for event in events)) for f in (min, max))
    own = behind([time for time in seen if first - 1e7 < time < last + 1e7], heard)
    assert len(own) == EVENTS
    assert abs(result['median_ms'] - np.median(own) * 1e-6) < 1e3 / RATE, describe(own * 1e-6)


def describe(skew):
    """Return median and spread [ms] as a text."""
    low, median, high = np.percentile(skew, [1, 50, 99])
    return f'median {median:+.3f}, 1 % {low:+.3f}, 99 % {high:+.3f} of {len(skew)}'

"""Noise arrives bit for bit while 1080p images are published and every processor is busy."""

import os
import sys

from av_capture.msg import AudioData
from harness import counter, sound_card
from harness.parameters import arguments
from harness.sound import check_continuous, check_format, is_noise, joined
import numpy as np
import pytest

RATE = 44100
IMAGES = 30  # [Hz]
SECONDS = float(os.environ.get('AV_CAPTURE_TEST_SECONDS', '5'))  # of sound compared


@pytest.mark.alone
def test_noise_beside_images_on_a_loaded_machine(av_capture, listener, pulse, tmp_path):
    noise = np.random.default_rng(6).bytes(int((SECONDS + 60) * RATE) * 2)
    (tmp_path / 'noise').write_bytes(noise)
    fifo = pulse.add_pipe_source('pipe', RATE)
    # The test is about keeping up with sound that comes in time.
    sound_card.set_realtime(pulse.pid)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        *arguments('camera', {'source': 'synthetic', 'image_width': 1920, 'image_height': 1080,
                              'framerate': float(IMAGES)}),
        *arguments('microphone', {'backend': 'pulseaudio', 'device': 'pipe'}),
        # The middleware keeps 10 s of sound for a listener that gets no processor.
        '--ros-args', '-p', 'qos_overrides./microphone/audio.publisher.depth:=1000', '--',
        environment=pulse.environment)
    viewer = av_capture('/camera/image_raw', 'image', 1 / IMAGES,
                        command=[sys.executable, counter.__file__])
    viewer.wait_for_line('^1 ')
    load = [av_capture('-c', 'while True: pass', command=[sys.executable])
            for _ in range(os.cpu_count())]
    player = av_capture(fifo, tmp_path / 'noise', RATE, 2,
                        command=[sys.executable, sound_card.__file__])
    try:
        blocks = inbox.wait_until(
            lambda messages: len(messages) > 1 and all(map(is_noise, messages[-2:])), process,
            'noise')  # before the last one too: it is noise from its start
        start = blocks[-1].first_frame
        before = images(viewer)
        blocks = inbox.wait_counted(
            start + SECONDS * RATE, lambda messages: messages[-1].first_frame, process,
            f'{SECONDS} s of noise')
        received, missing = np.subtract(images(viewer), before)
        average = os.getloadavg()
    finally:
        for each in [player, viewer, *load]:
            each.kill()
    blocks = [block for block in blocks if block.first_frame >= start]
    got = joined(blocks)
    where = noise.find(got[:4096])
    assert where >= 0, 'the first block of noise is not in what was played'
    played = noise[where:where + len(got)]
    differ = np.count_nonzero(np.frombuffer(got, '<i2') != np.frombuffer(played, '<i2'))
    print(f'{len(got) // 2} samples compared, {differ} differ; '
          f'lost_frames {blocks[-1].lost_frames}; images: {received} received, {missing} missing; '
          f'load averages {average}', *process.lines('WARN|ERROR'), sep='\n')
    assert received > 0
    check_format(blocks)
    check_continuous(blocks)
    assert differ == 0


def images(viewer):
    """Return a counter's number of images so far, and of missing ones."""
    return [int(number) for number in viewer.lines(r'^\d+ \d+$')[-1].split()]

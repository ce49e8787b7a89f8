"""The spectrogram shows what scipy computes of the same sound, where it belongs."""

import itertools
import signal as signals
import time

from av_capture.msg import AudioData
from harness import wav
from harness.deadline import until
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import microphone
import numpy as np
from scipy import signal
from sensor_msgs.msg import Image

RATE, SIZE, HOP = 44100, 1024, 512
WIDTH, HEIGHT = 200, 128
SMALL = {'spectrum__window_size': SIZE, 'spectrum__hop_size': HOP, 'spectrum__window': 'hann',
         'spectrogram__width': WIDTH, 'spectrogram__height': HEIGHT}
VIRIDIS_DARK, VIRIDIS_BRIGHT, GREY = (68, 1, 84), (253, 231, 37), (128, 128, 128)


def levels(image):
    """Return the numbers of a 32FC1 image, rows from the highest frequency down."""
    assert (image.encoding, image.is_bigendian) == ('32FC1', 0)
    assert image.step == 4 * image.width
    return np.frombuffer(image.data, '<f4').reshape(image.height, image.width)


def colours(image):
    """Return the pixels of an rgb8 image, rows from the highest frequency down."""
    assert image.encoding == 'rgb8'
    assert image.step == 3 * image.width  # rviz2 takes no other
    return np.frombuffer(image.data, np.uint8).reshape(image.height, image.width, 3)


def sweep(seconds, low, high):
    """Return a sine of half the full scale whose frequency rises evenly."""
    t = np.arange(int(seconds * RATE)) / RATE
    return 0.5 * np.sin(2 * np.pi * (low + (high - low) * t / seconds / 2) * t)


def starts(images, blocks):
    """Return the index of the audio frame that each image's newest window starts with."""
    result = []
    for image in images:
        stamp = nanoseconds(image.header.stamp)
        block = min(blocks, key=lambda block: abs(nanoseconds(block.header.stamp) - stamp))
        later = (stamp - nanoseconds(block.header.stamp)) / 1e9 * RATE
        result.append(round((block.first_frame + later) / HOP) * HOP)
    return result


def bins_of_rows(height, low, high, logarithmic=False):
    """Return the bins that each row shows, from the top: those in it, or the closest one."""
    position = np.arange(height, -1, -1) / height
    edges = low * (high / low)**position if logarithmic else low + (high - low) * position
    middle = position[1:] + 0.5 / height
    centre = low * (high / low)**middle if logarithmic else low + (high - low) * middle
    frequency = np.arange(SIZE // 2 + 1) * RATE / SIZE
    rows = []
    for row in range(height):
        within = (frequency >= edges[row + 1] - 1e-6) & (frequency < edges[row] - 1e-6)
        if row == 0:
            within |= np.abs(frequency - edges[0]) < 1e-6
        found = np.flatnonzero(within)
        rows.append(found if len(found) else [int(np.round(centre[row] * SIZE / RATE))])
    return rows


def row_of(frequency):
    """Return the row of a frequency by doc/spectrum.md, with the default parameters."""
    height = np.log((frequency + 700) / 700) / np.log((RATE / 2 + 700) / 700)
    return HEIGHT - 1 - int(height * HEIGHT)


def test_sweep_is_a_rising_line(av_capture, listener, tmp_path):
    path, seconds, low, high = tmp_path / 'sweep.wav', 3, 1000, 20000
    wav.write(path, sweep(seconds, low, high))
    audio = listener.subscribe(AudioData, '/microphone/audio')
    inbox = listener.subscribe(Image, '/microphone/spectrogram')
    process = av_capture(*microphone(source='file', device=path, loop=True, **SMALL))
    image = inbox.wait(25, process)[-1]
    blocks = audio.wait_until(
        lambda messages: messages and
        nanoseconds(messages[-1].header.stamp) > nanoseconds(image.header.stamp),
        process, 'the sound of the image')
    assert (image.width, image.height) == (WIDTH, HEIGHT)
    assert image.header.frame_id == 'microphone'
    pixels = colours(image).astype(int)
    newest, = starts([image], blocks)
    followed = 0
    for column in range(WIDTH):
        start = newest - (WIDTH - 1 - column) * HOP
        middle = (start + SIZE / 2) % (seconds * RATE)
        if (pixels[:, column] == GREY).all():
            continue  # before anybody looked
        if start < 0 or not SIZE < middle < seconds * RATE - SIZE:
            continue  # where the sweep begins anew
        # From dark to bright green and yellow, viridis' green rises.
        row = pixels[:, column, 1].argmax()
        frequency = low + (high - low) * middle / RATE / seconds
        assert abs(row - row_of(frequency)) <= 1
        assert tuple(pixels[0 if row > HEIGHT / 2 else -1, column]) != GREY
        followed += 1
    assert followed > 60


def test_numbers_are_scipys(av_capture, listener, tmp_path):
    path = tmp_path / 'sound.wav'
    noise = 0.1 * np.random.default_rng(5).standard_normal((2 * RATE, 2))
    noise[:, 1] += sweep(2, 100, 15000)
    sound = wav.write(path, noise)
    audio = listener.subscribe(AudioData, '/microphone/audio')
    inbox = listener.subscribe(Image, '/microphone/spectrogram')
    process = av_capture(*microphone(
        source='file', device=path, loop=True, spectrogram__encoding='32FC1',
        spectrogram__channel=1, spectrogram__frequency_scale='logarithmic',
        spectrogram__minimum_frequency=60.0, spectrogram__maximum_frequency=12000.0, **SMALL))
    images = inbox.wait(12, process)
    blocks = audio.wait_until(
        lambda messages: messages and
        nanoseconds(messages[-1].header.stamp) > nanoseconds(images[-1].header.stamp),
        process, 'the sound of the last image')
    rows = bins_of_rows(HEIGHT, 60.0, 12000.0, logarithmic=True)
    window = signal.get_window('hann', SIZE)
    compared = 0
    for image, newest in zip(images, starts(images, blocks)):
        got = levels(image)
        for column in range(WIDTH):
            if np.isnan(got[:, column]).all():
                continue
            start = newest - (WIDTH - 1 - column) * HOP
            frames = sound[np.arange(start, start + SIZE) % len(sound), 1]
            amplitude = 2 * np.abs(np.fft.rfft(frames * window)) / window.sum()
            amplitude[[0, -1]] /= 2
            want = [20 * np.log10(amplitude[bins].max()) for bins in rows]
            np.testing.assert_allclose(got[:, column], want, atol=1e-3)
            compared += 1
    assert compared > 300


def test_lost_sound_is_a_gap_of_its_width(av_capture, listener, tmp_path):
    path = tmp_path / 'noise.wav'
    wav.write(path, 0.1 * np.random.default_rng(5).standard_normal(RATE))
    audio = listener.subscribe(AudioData, '/microphone/audio')
    inbox = listener.subscribe(Image, '/microphone/spectrogram')
    process = av_capture(*microphone(
        source='file', device=path, loop=True, spectrogram__encoding='32FC1', **SMALL))
    audio.wait(30, process)
    process.send(signals.SIGSTOP)
    # Sound is lost that is older than half a second: this is its amount, not how
    # long something may take.
    end = time.monotonic() + 1.2
    until(lambda: time.monotonic() > end, 'the machine to go on')
    process.send(signals.SIGCONT)
    blocks = audio.wait_until(lambda messages: messages and messages[-1].lost_frames > 0, process, 'a loss')
    before, after = next((a, b) for a, b in itertools.pairwise(blocks) if b.lost_frames > 0)
    lost = after.lost_frames
    # Of the blocks that come at once afterwards some may be overwritten before
    # they are here: the loss begins with one of these audio frames.
    begins = range(before.first_frame + before.frame_count, after.first_frame - lost + 1, 441)
    # The window before the loss is the last that ends before it; the one after
    # it starts where the sound goes on.
    want = {round((last + lost) / HOP) - (last - SIZE) // HOP - 1 for last in begins}
    assert min(want) > 20

    def gap():
        image = inbox.so_far()[-1]
        empty = np.isnan(levels(image)).all(axis=0)
        edges = np.flatnonzero(np.diff(empty.astype(int)))
        # Sound, the gap, and sound again up to the right edge.
        if not empty[-1] and len(edges) >= 2 and empty[edges[-1]]:
            return image, edges[-1] - edges[-2]
        return None
    image, width = until(gap, 'a gap in the picture', process)
    assert width in want
    numbers = levels(image)
    assert not (np.isnan(numbers).any(axis=0) ^ np.isnan(numbers).all(axis=0)).any()


def test_nothing_is_computed_before_somebody_looks(av_capture, listener, tmp_path):
    path = tmp_path / 'noise.wav'
    wav.write(path, 0.1 * np.random.default_rng(5).standard_normal(RATE))
    audio = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='file', device=path, loop=True, **SMALL))
    audio.wait(100, process)  # a second: 86 columns
    inbox = listener.subscribe(Image, '/microphone/spectrogram')
    pixels = colours(inbox.wait(1, process)[0])
    empty = (pixels == GREY).all(axis=(0, 2))
    assert not empty[-1]
    assert empty[:-20].all()


def test_parameters_change_while_the_device_stays_open(av_capture, listener, tmp_path):
    path = tmp_path / 'tone.wav'
    wav.write(path, 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE))
    audio = listener.subscribe(AudioData, '/microphone/audio')
    inbox = listener.subscribe(Image, '/microphone/spectrogram')
    process = av_capture(*microphone(source='file', device=path, loop=True, **SMALL))
    client = ParameterClient(listener, '/microphone', process)

    def look(condition, what):
        return inbox.wait_until(
            lambda images: images and condition(images[-1]), process, what)[-1]
    look(lambda image: (colours(image)[0] != GREY).any(axis=1).sum() > 50, '50 columns')

    # The past stays in sight when only the colours change.
    client.change(spectrogram__color_map='inferno', spectrogram__minimum_level=-60.0)
    image = look(lambda image: (image.encoding == 'rgb8'
                                and tuple(colours(image)[0, -1]) == (0, 0, 4)), 'black')
    assert (colours(image)[0] == (0, 0, 4)).all(axis=1).sum() > 40
    client.change(spectrogram__encoding='32FC1')
    numbers = levels(look(lambda image: image.encoding == '32FC1', 'numbers'))
    assert (~np.isnan(numbers[0])).sum() > 40
    assert np.nanmax(numbers) > -8  # of a tone of -6 dBFS between two bins

    client.change(spectrogram__width=50, spectrogram__height=20,
                  spectrogram__frequency_scale='linear',
                  spectrogram__minimum_frequency=500.0, spectrogram__maximum_frequency=2500.0)
    image = look(lambda image: image.width == 50 and not np.isnan(levels(image)).any(), 'all new')
    # Rows of 100 Hz, the tone in the sixth from below or at its edge.
    assert {*levels(image).argmax(axis=0)} <= {14, 15}
    client.change(spectrum__window_size=2048, spectrum__hop_size=1024)
    look(lambda image: not np.isnan(levels(image)).any(), 'other windows')

    client.change(spectrogram__rate=2.0)
    before = len(inbox.so_far())
    images = inbox.wait(before + 5, process)[-4:]
    stamps = [nanoseconds(image.header.stamp) for image in images]
    assert np.diff(stamps).mean() > 0.4e9
    blocks = audio.so_far()
    assert {block.epoch for block in blocks} == {0}
    assert blocks[-1].lost_frames == 0


def test_what_cannot_be_shown_is_refused_or_told(av_capture, listener, tmp_path):
    process = av_capture(*microphone(source='synthetic', allowed_paths=f"['{tmp_path}']"))
    client = ParameterClient(listener, '/microphone', process)
    client.refuse('spectrogram.channel', 'the first channel is 0', spectrogram__channel=1)
    client.refuse('spectrogram.minimum_level', 'lower', spectrogram__minimum_level=3.0)
    client.refuse('spectrogram.minimum_frequency', '22050', spectrogram__minimum_frequency=30000.0)
    client.refuse('spectrogram.minimum_frequency', 'maximum', spectrogram__minimum_frequency=300.0,
                  spectrogram__maximum_frequency=200.0)
    client.refuse('spectrogram.color_map', 'viridis', spectrogram__color_map='jet')
    # A file's format is known only later: its sound comes all the same.
    path = tmp_path / 'mono.wav'
    wav.write(path, np.zeros(RATE))
    audio = listener.subscribe(AudioData, '/microphone/audio')
    client.change(source='file', device=str(path), loop=True, spectrogram__channel=1)
    process.wait_for_line('no spectrogram: spectrogram.channel is 1')
    audio.wait_until(lambda blocks: blocks and blocks[-1].epoch == 1, process, "the file's sound")

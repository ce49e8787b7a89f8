"""Every example gives what is known of the synthetic camera and microphone."""

import base64
import io
import json
import os
from pathlib import Path
import re
import subprocess
import sys
import wave

from ament_index_python.packages import get_package_share_directory
from harness import derived
from harness.deadline import DEADLINE, until
from harness.image import pixels
from harness.listener import nanoseconds
from harness.parameters import camera, microphone
from harness.pattern import frame_number, Pattern
from harness.synthetic import split_mix, tones
from harness.talker import noise, silence, Talker
import numpy as np
import pytest
from sensor_msgs.msg import Image

INSTALLED = Path(get_package_share_directory('av_capture'), 'examples')
TOP = Path(__file__).parents[1]
RATE, SIZE = 44100, 66000  # [Hz], audio frames of a Sampler
WIDTH, HEIGHT = 320, 240  # [pixels]


ENVIRONMENT = {'PYTHONPATH': f'{INSTALLED}{os.pathsep}{os.environ.get("PYTHONPATH", "")}',
               'PYTHONUNBUFFERED': '1', 'PYTHONDONTWRITEBYTECODE': '1'}


@pytest.fixture
def example(av_capture):
    """Return a function that starts an installed example."""
    return lambda name, *words: av_capture(
        *words, command=[sys.executable, INSTALLED / name], environment=ENVIRONMENT)


@pytest.fixture
def program(av_capture, tmp_path):
    """Return a function that starts a program that imports the installed examples."""
    def start(text):
        path = tmp_path / 'program.py'
        path.write_text(text)
        return av_capture(command=[sys.executable, path], environment=ENVIRONMENT)
    return start


@pytest.fixture
def result(program, tmp_path):
    """Return a function that returns the arrays that a program saves in the file `result`."""
    def of(text):
        path = tmp_path / 'result.npz'
        process = program(f'import numpy as np\nresult = {str(path)!r}\n{text}')
        assert process.status() == 0, process.text()
        return np.load(path)
    return of


def both(**parameters):
    """Return the command line of camera and microphone, both synthetic."""
    common = {'camera:source': 'synthetic', 'microphone:source': 'synthetic',
              'camera:image_width': WIDTH, 'camera:image_height': HEIGHT}
    words = ['--ros-args']
    for name, value in {**common, **parameters}.items():
        words += ['-p', f'{name}:={value}']
    return words


def expected_planes(number, pixel_format):
    """Return the planes of an image of the test pattern."""
    image = Pattern(WIDTH, HEIGHT, pixel_format).image(number)
    if pixel_format in derived.OFFSETS:
        return derived.planes(image, pixel_format)
    return np.hstack(list(np.moveaxis(image, 2, 0)))


def number_of(planes, pixel_format):
    """Return the frame number in planes that are side by side."""
    # Green, or luma.
    first = WIDTH if pixel_format == 'bgr8' else 0
    return frame_number(planes[:, first:first + WIDTH, np.newaxis], 'mono8')


PICTURES = """
from picture import Picture, planes
picture = Picture()
np.savez(result, *[planes(picture.next()) for _ in range(10)])
"""


@pytest.mark.parametrize('pixel_format', ['yuv422_yuy2', 'uyvy', 'bgr8', 'mono8'])
def test_picture_is_the_pattern_plane_beside_plane(av_capture, result, pixel_format):
    av_capture(*camera(source='synthetic', pixel_format=pixel_format, image_width=WIDTH,
                       image_height=HEIGHT))
    numbers = []
    for planes in result(PICTURES).values():
        numbers.append(number_of(planes, pixel_format))
        assert np.array_equal(planes, expected_planes(numbers[-1], pixel_format))
    assert len(numbers) == 10 and numbers == sorted(set(numbers))


def test_picture_prints_the_rate(av_capture, example):
    av_capture(*both())
    example('picture.py').wait_for_line(r'^30\.0 images/s, planes \(240, 960\), mean \d')


def test_picture_says_what_to_look_at_without_a_camera(program):
    process = program('from picture import Picture\nPicture().next(seconds=0.1)\n')
    assert process.status() == 1
    assert process.lines('^TimeoutError: no image for 0.1 s: start av_capture')


def images(book):
    """Return the pictures that a notebook shows, as arrays."""
    from PIL import Image
    return [np.array(Image.open(io.BytesIO(base64.b64decode(output.data['image/png']))))
            for cell in book.cells for output in cell.get('outputs', [])
            if 'image/png' in output.get('data', {})]


def test_notebook_shows_the_pattern_and_the_tones(av_capture, domain, tmp_path, monkeypatch):
    nbclient = pytest.importorskip('nbclient')  # not where a ROS 2 of one's own lacks it
    nbformat = pytest.importorskip('nbformat')
    for name in ('IPYTHONDIR', 'JUPYTER_CONFIG_DIR', 'JUPYTER_DATA_DIR', 'JUPYTER_RUNTIME_DIR'):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv('ROS_DOMAIN_ID', str(domain))
    av_capture(*both(**{'camera:pixel_format': 'yuv422_yuy2'}))
    book = nbformat.read(INSTALLED / 'arrays.ipynb', as_version=4)
    nbclient.NotebookClient(book, timeout=DEADLINE, kernel_name='python3', resources={
        'metadata': {'path': str(INSTALLED)}}).execute()
    live, spectrum = images(book)
    assert np.array_equal(live, expected_planes(number_of(live, 'yuv422_yuy2'), 'yuv422_yuy2'))
    # A rounding apart, where the two ways to compute it differ in the last digit.
    assert np.abs(spectrum - derived.spectrum(live[:, :WIDTH])).max() <= 1
    text = ''.join(output.text for cell in book.cells for output in cell.get('outputs', [])
                   if output.output_type == 'stream')
    assert re.search(r'^\d+\.\d images/s, uint8 \(240, 640\)$', text, re.MULTILINE), text
    assert '(66000, 1), -0.498 to 0.498\n440 Hz: 0.250\n1000 Hz: 0.250\n' in text, text


SOUND = """
from time import sleep
from sampler import Sampler
sampler = Sampler()
while not sampler.end:
    sleep(0.01)
full = sampler.end + 66000
while sampler.end < full:
    sleep(0.01)
while True:
    end, sound = sampler.end, sampler.latest()
    if end == sampler.end:  # no block came meanwhile
        break
np.savez(result, end=end, sound=sound)
"""


@pytest.mark.parametrize('encoding, channels, error', [
    ('S16LE', 1, 2**-16), ('U8', 1, 2**-8), ('S24LE', 2, 2**-24), ('S32LE', 2, 2**-32),
    ('F32LE', 1, 2**-25)])
def test_sampler_has_the_newest_sound(av_capture, result, encoding, channels, error):
    av_capture(*microphone(source='synthetic', sample_format=encoding, channels=channels))
    got = result(SOUND)
    want = tones(got['end'] - SIZE, SIZE, RATE, channels)
    assert got['sound'].shape == want.shape
    assert np.abs(got['sound'] - want).max() <= error + 1e-12


HEARD = """
from time import sleep
from sampler import Sampler
sampler = Sampler(size=1000)
while sampler.end != 6500:
    sleep(0.01)
before = sampler.latest()
print('heard', flush=True)
while sampler.end != 200:
    sleep(0.01)
np.savez(result, before=before, after=sampler.latest())
"""


def test_lost_sound_is_zeros_in_the_sampler_and_a_new_start_too(program, listener, tmp_path):
    path = tmp_path / 'result.npz'
    process = program(f'import numpy as np\nresult = {str(path)!r}\n{HEARD}')
    talker = Talker(listener)
    talker.wait(process)
    old, new = noise(900), noise(500, seed=2)
    talker.say_all(old, first=5000)
    talker.say_all(new, first=6000)
    process.wait_for_line('heard')
    last = noise(200, seed=3)
    talker.say_all(last, first=0)
    assert process.status() == 0, process.text()
    got = np.load(path)

    def numbers(data):
        return np.frombuffer(data, '<i2')[:, np.newaxis] / 32768
    assert np.array_equal(got['before'], numbers(old[-800:] + silence(100) + new))
    assert np.array_equal(got['after'], numbers(silence(800) + last))


def test_sampler_prints_the_level(av_capture, example):
    av_capture(*both())
    example('sampler.py').wait_for_line(r'^\(66000, 1\), RMS 0\.250, peak 0\.498$')


def test_spectrum_prints_tones_and_mean(av_capture, example):
    av_capture(*both(**{'camera:pixel_format': 'mono8'}))
    process = example('spectrum.py')
    until(lambda: re.search(
        r'^sound: 440 Hz, -12\.0 dBFS\nsound: 1000 Hz, -12\.0 dBFS\n'
        r'picture: \(240, 320\), its mean -\d+\.\d dB$', '\n'.join(process.lines()),
        re.MULTILINE), 'both spectra', process)


SPECTRUM = """
from picture import Picture, planes
from spectrum import of_picture
picture = planes(Picture().next())
np.savez(result, picture=picture, spectrum=of_picture(picture))
"""


def test_spectrum_of_a_picture_is_that_of_the_node(av_capture, result):
    av_capture(*camera(source='synthetic', pixel_format='mono8', image_width=WIDTH,
                       image_height=HEIGHT))
    got = result(SPECTRUM)
    grey = np.clip(np.rint(255 * (1 + got['spectrum'] / 100)), 0, 255)
    assert np.array_equal(grey, derived.spectrum(got['picture']))


def test_recording_is_played_back_bit_for_bit(av_capture, example, tmp_path):
    av_capture(*microphone(source='synthetic', synthetic__signal='noise',
                           record_directory=tmp_path))
    process = example('recording.py', 1)
    assert process.status() == 0, process.text()
    path, frames = re.match(
        r'(.*\.wav): (\d+) audio frames, peak 0\.500, played back bit for bit$',
        process.lines('played back')[0]).groups()
    with wave.open(path) as file:
        content = file.readframes(file.getnframes())
    assert len(content) == 2 * int(frames) > RATE
    everything = np.rint(split_mix(0, 0, 60 * RATE) * 32768).astype('<i2').tobytes()
    assert content in everything


PAIRS = """
import rclpy
from pairs import nanoseconds, Pairs
rclpy.init()
pairs = []
node = rclpy.create_node('user')
Pairs(node, lambda image, sound: pairs.append((nanoseconds(image), sound)))
while len(pairs) < 120:
    rclpy.spin_once(node)
np.savez(result, stamps=[stamp for stamp, _ in pairs], sound=[sound for _, sound in pairs])
"""


def test_pairs_have_the_sound_of_the_image(av_capture, result):
    av_capture(*both(**{'microphone:synthetic.signal': 'impulses'}))
    got = result(PAIRS)
    assert (np.diff(got['stamps']) > 0).all()
    assert got['sound'].shape == (120, 1470, 1)
    pair, frame, _ = got['sound'].nonzero()
    settled = pair >= 30  # the clock's first second is its worst
    pair, frame = pair[settled], frame[settled]
    assert len(pair) >= 2
    # Impulses are at whole seconds.
    at = (got['stamps'][pair] % 10**9 * 1e-9 + frame / RATE + 0.5) % 1 - 0.5
    assert np.abs(at).max() < 5e-3


def test_bang_publishes_the_images_of_impulses(av_capture, example, listener):
    bangs = listener.subscribe(Image, '/bang/image')
    capture = av_capture(*both(**{'microphone:synthetic.signal': 'impulses'}))
    process = example('bang.py', '--ros-args', '-p', 'threshold:=0.4')
    bangs.wait(3, process)
    process.wait_for_line('a bang of 0.5')
    for image in bangs.so_far()[1:]:  # the clock's first second is its worst
        # The next whole second is less than an image away.
        assert -nanoseconds(image.header.stamp) % 10**9 < 1e9 / 30 + 5e6
        number = frame_number(pixels(image), 'bgr8')
        assert np.array_equal(pixels(image), Pattern(WIDTH, HEIGHT, 'bgr8').image(number))
    capture.end()


@pytest.fixture(scope='module')
def go_example(tmp_path_factory):
    """Return the path of an example in Go, built."""
    folder = tmp_path_factory.mktemp('go')
    subprocess.run(['go', 'build', '-o', folder, './examples/...'], cwd=TOP, check=True)
    return lambda name: folder / name


def in_folder(folder, executable):
    """Return the command that runs a program in a folder."""
    return ['sh', '-c', 'cd "$0" && exec "$@"', folder, executable]


def test_go_writes_the_pattern_plane_beside_plane(av_capture, go_example, tmp_path):
    av_capture(*both(**{'camera:pixel_format': 'uyvy'}))
    process = av_capture(command=in_folder(tmp_path, go_example('picture')))
    process.wait_for_line(r'^30\.0 images/s$')
    process.end()
    magic, size, largest, pixels = (tmp_path / 'picture.pgm').read_bytes().split(b'\n', 3)
    assert (magic, size, largest) == (b'P5', b'640 240', b'255')
    planes = np.frombuffer(pixels, np.uint8).reshape(HEIGHT, 2 * WIDTH)
    assert np.array_equal(planes, expected_planes(number_of(planes, 'uyvy'), 'uyvy'))


def test_go_has_the_newest_sound(av_capture, go_example, tmp_path):
    av_capture(*both())
    process = av_capture(command=in_folder(tmp_path, go_example('sampler')))
    process.wait_for_line(r'^RMS 0\.250, peak 0\.498$')
    process.end()
    sound = np.fromfile(tmp_path / 'sound.f32', '<f4')
    # The tones begin anew after 2205 audio frames.
    known = np.rint(tones(0, SIZE + 2205, RATE, 1)[:, 0] * 32768) / 32768
    assert len(sound) == SIZE
    assert any(np.array_equal(sound, known[first:first + SIZE]) for first in range(2205))


def test_go_says_which_encoding_it_wants(av_capture, go_example):
    av_capture(*microphone(source='synthetic', sample_format='F32LE'))
    process = av_capture(command=[go_example('sampler')])
    assert process.status() == 1
    assert process.lines('the sound is F32LE: set the microphone.s sample_format to S16LE')


TUTORIAL = f"""
import doctest
failed, tried = doctest.testfile({str(TOP / 'doc' / 'tutorial.md')!r}, module_relative=False)
print(failed, 'of', tried)
"""


def test_tutorial_prints_what_it_says(av_capture, program):
    av_capture(*both(**{'camera:pixel_format': 'yuv422_yuy2', 'camera:image_width': 640,
                        'camera:image_height': 480}))
    process = program(TUTORIAL)
    assert process.status() == 0 and process.lines(r'^0 of [12]\d$'), process.text()


def test_examples_are_short():
    lengths = {path.name: len(path.read_text().splitlines())
               for path in (TOP / 'examples').rglob('*') if path.suffix in ('.py', '.go')}
    for path in (TOP / 'examples').glob('*.ipynb'):
        cells = json.loads(path.read_text())['cells']
        lengths[path.name] = sum(len(cell['source']) for cell in cells)
    assert len(lengths) == 11 and max(lengths.values()) < 60, lengths

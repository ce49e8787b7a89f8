"""The page of av_view in a real browser: what it shows and plays is what was published."""

import base64
import itertools
import os
import re
import statistics
import urllib.error
import urllib.request

from ament_index_python.packages import get_package_share_directory
from av_capture.msg import AudioData
from harness import jpeg
from harness.browser import Browser, unavailable
from harness.deadline import until
from harness.parameters import arguments
from harness.pattern import frame_number, Pattern
from harness.policy import Policy
from harness.process import executable
import numpy as np
import pytest
from sensor_msgs.msg import Image
from test_synthetic_signals import split_mix

RATE = 44100  # [Hz]
COMPRESSED = '/camera/image_raw/compressed'

# Copies what goes to the loudspeaker, in the audio thread.
TAP = """
const TAP = `registerProcessor('tap', class extends AudioWorkletProcessor {
  process([input], [output]) {
    input.forEach((samples, i) => output[i].set(samples));
    if (input.length) this.port.postMessage(input[0].slice());
    return true;
  }
});`;
const connect = AudioNode.prototype.connect;
globalThis.tapped = [];
AudioNode.prototype.connect = function (target, ...rest) {
  if (target !== this.context.destination) return connect.call(this, target, ...rest);
  this.context.audioWorklet.addModule('data:text/javascript,' + encodeURIComponent(TAP)).then(() => {
    const tap = new AudioWorkletNode(this.context, 'tap');
    tap.port.onmessage = ({ data }) => tapped.push(data);
    connect.call(this, tap);
    connect.call(tap, target);
  });
  return target;
};
"""


# Has every second picture decoded later than the next one, if that is begun meanwhile, and
# notes the order in which pictures are drawn.
UNEVEN = """
const decode = createImageBitmap;
const drawImage = CanvasRenderingContext2D.prototype.drawImage;
let decoded = 0;
globalThis.drawn = [];
globalThis.createImageBitmap = async function (...parameters) {
  const number = decoded++;
  const bitmap = await decode.apply(this, parameters);
  if (number % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  bitmap.number = number;
  return bitmap;
};
CanvasRenderingContext2D.prototype.drawImage = function (image, ...rest) {
  if (image.number !== undefined) drawn.push(image.number);
  return drawImage.call(this, image, ...rest);
};
"""

# Has pictures come late, and notes when flashes are drawn, when clicks leave the loudspeaker,
# and when they are at the right edge of the waveform [ms].
INSTANTS = """
globalThis.instants = { flash: [], click: [], waveform: [] };
let late = 100; // [ms]
const { set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
Object.defineProperty(WebSocket.prototype, 'onmessage', {
  set(take) {
    set.call(this, (event) => {
      const { data } = event;
      const picture = typeof data !== 'string' && new TextDecoder().decode(
        new Uint8Array(data, 4, new DataView(data).getUint32(0, true))).includes('"pictures"');
      if (picture && late) setTimeout(() => take(event), late);
      else take(event);
    });
  },
});

// An image has light for a share of its period, from its stamp on, and encodes it by the
// power 1/2.2.
const PERIOD = 100; // [ms]
const drawImage = CanvasRenderingContext2D.prototype.drawImage;
let bright = true;
CanvasRenderingContext2D.prototype.drawImage = function (...parameters) {
  drawImage.apply(this, parameters);
  if (this.canvas.id !== 'picture-canvas') return;
  const { width, height } = this.canvas;
  const [value] = this.getImageData(width - 8, height - 8, 1, 1).data;
  if (value > 20 && !bright) {
    instants.flash.push(performance.now() + (1 - (value / 255) ** 2.2) * PERIOD);
  }
  bright = value > 20;
};

// A drawing of the waveform, of half a second, begins with its background.
const fillRect = CanvasRenderingContext2D.prototype.fillRect;
let begun = 0;
let place = NaN; // of the click
let before = 0;
CanvasRenderingContext2D.prototype.fillRect = function (x, y, width, height) {
  fillRect.call(this, x, y, width, height);
  if (this.canvas.id !== 'waveform') return;
  if (width === 1) {
    if (height > this.canvas.height / 8) place = x;
    return;
  }
  if (place >= 0 && !(before >= 0)) {
    instants.waveform.push(begun - 500 * (1 - place / this.canvas.width));
  }
  [begun, before, place] = [performance.now(), place, NaN];
};

const TAP = `registerProcessor('tap', class extends AudioWorkletProcessor {
  process([input], [output]) {
    input.forEach((samples, i) => output[i].set(samples));
    const at = input.length ? input[0].findIndex((s) => Math.abs(s) > 0.4) : -1;
    if (at >= 0) this.port.postMessage(currentTime + at / sampleRate);
    return true;
  }
});`;
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (target, ...rest) {
  const { context } = this;
  if (target !== context.destination) return connect.call(this, target, ...rest);
  instants.context = context;
  context.audioWorklet.addModule('data:text/javascript,' + encodeURIComponent(TAP)).then(() => {
    const tap = new AudioWorkletNode(context, 'tap');
    tap.port.onmessage = ({ data }) => {
      const { contextTime, performanceTime } = context.getOutputTimestamp();
      instants.click.push(performanceTime + 1000 * (data - contextTime));
    };
    connect.call(this, tap);
    connect.call(tap, target);
  });
  return target;
};
"""


@pytest.fixture(scope='module')
def browser():
    """Return the browser, which all tests share."""
    if reason := unavailable():
        pytest.skip(reason)
    program = Browser()
    yield program
    program.close()


@pytest.fixture
def nodes(av_capture):
    """Return a function that starts both nodes with synthetic sources."""
    def start(camera=None, microphone=None):
        return av_capture(
            *arguments('camera', {'source': 'synthetic', **(camera or {})}),
            *arguments('microphone', {'source': 'synthetic', **(microphone or {})}))
    return start


@pytest.fixture
def view(av_capture):
    """Return av_view."""
    process = av_capture('--port', 0, command=[executable('av_view')])
    process.url = re.search(r'http://\S+', process.wait_for_line('http://'))[0]
    return process


@pytest.fixture
def show(browser, view):
    """Return a function that opens the page, with the options of a Page."""
    pages = []

    def open_page(**options):
        pages.append(browser.page(view.url, **options))
        return pages[-1]
    yield open_page
    try:
        for page in pages:
            assert not page.errors
    finally:
        for page in pages:
            page.close()


def picture(page):
    """Return the picture that the page shows, height x width x (red, green, blue)."""
    width, height, data = page.pixels('#picture-canvas')
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)[..., :3]


def shown_number(page):
    """Return the frame number in the picture that the page shows, -1 without one."""
    number = frame_number(picture(page), 'rgb8')
    return -1 if number is None else number


def subscribers(listener, topic):
    """Return the number of subscriptions to a topic."""
    return listener.node.count_subscribers(topic)


def test_the_picture_moves_and_has_its_colours(nodes, view, show, listener):
    nodes()
    page = show()
    first = until(lambda: max(shown_number(page), 0), 'a frame number in the picture', view)
    page.until('parseFloat(document.querySelector("#picture-rate").innerText) > 1')
    until(lambda: shown_number(page) >= first + 30, 'a second of pictures', view)

    got = picture(page)
    assert got.shape == (480, 640, 3)
    off = np.abs(got.astype(int) - Pattern(640, 480, 'rgb8').image(frame_number(got, 'rgb8')))
    # Chroma at half the resolution is soft at the edges of the pattern, and only there.
    assert off.mean() < 4 and np.median(off) <= 3

    # The camera's own compressed images are shown: nothing else is subscribed to.
    until(lambda: (subscribers(listener, COMPRESSED), subscribers(listener, '/camera/image_raw'))
          == (1, 0), 'a subscription to the compressed images alone', view)
    assert page.text('#picture-size') == '640x480'
    assert 0 < page.number('#picture-latency') < 60e3

    page.click('#snapshot')
    snapshot = page.download('camera_image_raw_*.jpg').read_bytes()
    number = frame_number(jpeg.decode(snapshot, 640, 480), 'bgr8')
    assert first < number <= shown_number(page)

    # Planes and the 2-D spectrum, each by a press of its button.
    page.click('#views button[value="/camera/spectrum"]')
    page.wait_for_text('#picture-size', '^640x480$')
    until(lambda: np.ptp(picture(page), axis=2).max() == 0 and picture(page).std() > 1,
          'a grey spectrum', view)
    until(lambda: subscribers(listener, COMPRESSED) == 0, 'the end of the subscription', view)
    assert subscribers(listener, '/camera/spectrum') == 1
    page.click('#views button[value="/camera/planes"]')
    page.wait_for_text('#picture-notice', '^Nothing comes from /camera/planes: capturing .*; planes: '
                       'images of pixel_format bgr8 have no planes, set pixel_format to yuv422_yuy2 or uyvy$')
    check_policy(listener)


def check_policy(listener):
    """Fail unless the policy for SROS2 allows av_view what it has, and, to publish, no more."""
    policy = Policy(os.path.join(
        get_package_share_directory('av_capture'), 'config', 'av_capture.policy.xml'))
    for action, of_node in (
            ('publish', listener.node.get_publisher_names_and_types_by_node),
            ('subscribe', listener.node.get_subscriber_names_and_types_by_node),
            ('reply', listener.node.get_service_names_and_types_by_node),
            ('request', listener.node.get_client_names_and_types_by_node)):
        allowed = set(policy.allowed('/av_capture/av_view', action))
        got = {name for name, _ in of_node('av_view', '/')}
        assert got <= allowed if action == 'subscribe' else got == allowed


def choose(page, select, topic):
    """Choose a topic, as a user does."""
    page.until(f'[...document.querySelector("{select}").options].some((o) => o.value === "{topic}")')
    page.evaluate(f'document.querySelector("{select}").value = "{topic}";'
                  f'document.querySelector("{select}").dispatchEvent(new Event("change"))')


def test_cameras_are_chosen_and_planes_of_raw_images_shown(av_capture, view, show):
    av_capture('--nodes', 'left=camera,right=camera',
               *arguments('left', {'source': 'synthetic'}),
               *arguments('right', {'source': 'synthetic', 'pixel_format': 'yuv422_yuy2',
                                    'image_width': 320, 'image_height': 240}))
    page = show()
    choose(page, '#picture-choice', '/left/image_raw')
    page.wait_for_text('#picture-size', '640x480')
    choose(page, '#picture-choice', '/right/image_raw')
    page.wait_for_text('#picture-size', '320x240')
    page.click('#views button[value="/right/planes"]')
    page.wait_for_text('#picture-size', '640x240')
    luma = Pattern(320, 240, 'yuv422_yuy2')

    def same():
        got = picture(page)[..., 0]
        number = frame_number(got[:, :320, np.newaxis], 'mono8')
        if number is None:
            return False
        want = luma.image(number)
        off = np.abs(got[:, :320].astype(int) - want[..., 0])
        u = np.abs(got[:, 320:480].astype(int) - want[:, 0::2, 1])
        return off.mean() < 4 and u.mean() < 4
    until(same, 'Y and U side by side', view)


def test_level_and_spectrogram_show_the_tones(nodes, view, show):
    nodes(microphone={'channels': 2})
    page = show()
    page.wait_for_text('#sound-format', '^44100 Hz, 2 channels, S16LE$')
    # 440 and 1000 Hz, a quarter of full scale each.
    page.wait_for_text('#strongest', r'^strongest (439|440|999|1000)\.\d Hz, -1[12]\.\d dBFS$')
    assert page.evaluate('document.querySelectorAll("#levels .level").length') == 2
    page.wait_for_text('#levels', r'-1\d\.\d \(-\d\.\d\) dBFS')
    until(lambda: abs(page.number('#sound-rate') / RATE - 1) < 0.02, 'the rate of the sound', view)

    # The cursor reads the same where it points: at the row of 440 Hz, and above it.
    left, top, width, height = page.box('#spectrogram')

    def places(frequency):
        return (height - 20) * (1 - frequency / (RATE / 2))  # above the axis of time
    row = places(440)
    page.until('document.querySelector("#spectrogram").clientWidth > 0')
    page.point(left + width - 5, top + row)
    page.wait_for_text('#cursor', r'^4\d\d Hz, -1\d\.\d dBFS, 0\.\d\d s ago$')
    page.point(left + width - 5, top + (height - 20) / 2)
    page.wait_for_text('#cursor', r'^11\d\d\d Hz, -(8|9|1\d)\d\.\d dBFS')

    # The drawing without the cursor: bright at both tones, dark above them.
    page.point(0, 0)

    def drawn():
        columns, rows, data = page.pixels('#spectrogram')
        pixels = np.frombuffer(data, np.uint8).reshape(rows, columns, 4)[..., :3].sum(axis=2)
        line = pixels[:rows - 20, columns - 10].astype(int)
        bright = np.flatnonzero(line > 380)
        return bright.size and line[:len(line) * 9 // 10].max() < 100 and (
            abs(bright.max() - row) < 4 and abs(bright.min() - places(1000)) < 4)
    until(drawn, 'bright lines at the tones', view)

    # On the logarithmic axis 50 Hz is at the bottom.
    page.press('f', 'KeyF', 'f')
    half = np.log(440 / 50) / np.log(RATE / 2 / 50)
    page.point(left + width - 5, top + (height - 20) * (1 - half))
    page.wait_for_text('#cursor', r'^4[234]\d Hz, -1[1-4]\.\d dBFS')

    # By the keyboard, too.
    page.evaluate('document.querySelector("#spectrogram").focus()')
    page.point(0, 0)
    page.wait_for_text('#cursor', 'point at')
    page.press('ArrowUp')
    page.wait_for_text('#cursor', 'Hz')


def test_clipped_samples_are_counted_until_the_level_is_pressed(view, show, listener):
    publisher = listener.node.create_publisher(AudioData, '/loud/audio', 10)
    page = show()
    blocks = itertools.count()

    def publish(samples):
        data = np.zeros((441, 2), '<i2')
        data[:len(samples), 1] = samples
        publisher.publish(AudioData(
            first_frame=441 * next(blocks), frame_count=441, sample_rate=RATE, channels=2,
            encoding='S16LE', data=data.tobytes()))

    def levels():
        return page.evaluate('[...document.querySelectorAll("#levels .level")].map((l) => l.innerText)')
    until(lambda: publish([32766, -32767]) or len(levels()) == 2, 'the levels', view)
    assert 'clipped' not in ' '.join(levels())
    publish([32767, 32766, -32768])
    until(lambda: re.search(r'\b2 clipped$', levels()[1]), 'the clipped samples', view)
    assert 'dBFS' in levels()[0]

    page.evaluate('document.querySelectorAll("#levels .level")[1].focus()')
    page.press('Enter')
    until(lambda: 'dBFS' in levels()[1], 'the level instead of their number', view)


def noise_at(first, count):
    """Return the synthetic noise of seed 42 from an audio frame on, as int16."""
    return np.rint(split_mix(42, first, count) * 32768).astype(np.int16)


class Comparison:
    """Compares samples that come in parts with the noise of which they are said to be."""

    PIECE = 64  # samples by which their place in the noise is found
    SPAN = 20 * RATE  # of noise in which they can be

    def __init__(self):
        """Begin with nothing."""
        self.best = 0  # the longest part without a difference [audio frames]
        self._run = 0
        self._at = None  # index of the next sample, None if it is not known
        self._rest = np.empty(0)

    def take(self, samples, newest):
        """Compare more samples; newest is the index of the newest audio frame published."""
        samples = np.concatenate([self._rest, samples])
        begin = max(newest - self.SPAN, 0)
        noise = None
        while samples.size >= self.PIECE:
            if self._at is None:
                piece = samples[:self.PIECE]
                noise = noise_at(begin, newest - begin).tobytes() if noise is None else noise
                whole = piece.any() and np.array_equal(piece, np.rint(piece))
                where = noise.find(piece.astype('<i2').tobytes()) if whole else -1
                if where < 0 or where % 2:
                    samples = samples[self.PIECE:]
                    continue
                self._at, self._run = begin + where // 2, 0
            same = samples == noise_at(self._at, samples.size)
            length = samples.size if same.all() else int(np.argmin(same))
            self._run += length
            self.best = max(self.best, self._run)
            samples = samples[length:]
            self._at = None if samples.size else self._at + length
        self._rest = samples


def test_pictures_are_drawn_in_their_order(nodes, view, show):
    nodes()
    page = show(script=UNEVEN)
    drawn = until(lambda: (d := page.evaluate('drawn')) and len(d) >= 10 and d, 'ten pictures', view)
    assert drawn == list(range(len(drawn)))


def test_sound_is_played_and_saved_bit_for_bit(nodes, view, show, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = nodes(microphone={'synthetic.signal': 'noise', 'synthetic.seed': 42})
    inbox.wait(1, process)
    page = show(script=TAP, bypass_policy=True)
    page.wait_for_text('#sound-format', 'S16LE')
    page.click('#listen')
    page.wait_for_text('#listening', r'^heard \d+ ms late')
    assert page.evaluate('document.querySelector("#listen").getAttribute("aria-pressed")') == 'true'

    comparison = Comparison()

    def played():
        """Compare what went to the loudspeaker since the last call; return the best so far."""
        text = page.evaluate(
            '(() => { let s = ""; for (const part of tapped.splice(0)) '
            's += String.fromCharCode(...new Uint8Array(part.buffer)); return btoa(s); })()')
        samples = np.frombuffer(base64.b64decode(text), '<f4') * 32768
        comparison.take(samples, inbox.so_far()[-1].first_frame)
        return comparison.best
    until(lambda: played() >= RATE // 2, 'half a second without a difference', view,
          progress=lambda: comparison.best)

    def longest_saved():
        """Save the sound and compare it; return the longest part without a gap."""
        page.click('#save')
        path = page.download('microphone_audio_*.wav')
        rate, channels, data = saved(path)
        path.unlink()
        assert (rate, channels) == (RATE, 1)
        known = noise_at(0, inbox.so_far()[-1].first_frame + RATE)
        at = known.tobytes().find(data[:64].tobytes())
        assert at >= 0 and at % 2 == 0
        differs = data != known[at // 2:at // 2 + data.size]
        assert not data[differs].any()  # it is silence, where audio frames are missing
        return int(np.diff(np.flatnonzero(np.r_[True, differs, True])).max()) - 1
    until(lambda: longest_saved() > RATE, 'a second of the file without a gap', view)

    page.click('#listen')
    page.wait_for_text('#listen', 'Listen')
    page.until('document.querySelector("#listening").innerText === ""')


def test_picture_and_sound_are_in_step(nodes, view, show):
    nodes(camera={'synthetic.pattern': 'flashes', 'framerate': 10.0},
          microphone={'synthetic.signal': 'impulses'})
    page = show(script=INSTANTS, bypass_policy=True)

    def in_step(*others):
        """Return whether the newest three flashes were at the same time as all others."""
        instants = page.evaluate('({ ...instants, context: null })')
        offs = [[min((flash - other for other in instants[kind]), key=abs, default=np.inf)
                 for flash in instants['flash'][-3:]] for kind in others]
        # The threshold for sound that comes too early, ITU-R BT.1359.
        return len(instants['flash']) >= 3 and all(
            abs(statistics.median(off)) < 45 for off in offs) and offs

    until(lambda: in_step('waveform'), 'flashes in step with the waveform', view)
    page.click('#listen')
    page.wait_for_text('#listening', r'^heard \d+ ms late, the picture \d+ ms (before|after) its sound')
    # Pictures that are in time are far too early for their sound.
    page.evaluate('late = 0; [instants.flash, instants.click, instants.waveform].forEach((all) => all.splice(0))')
    until(lambda: in_step('waveform', 'click'), 'flashes in step with the loudspeaker', view)

    # A loudspeaker that stands still is not waited for.
    page.evaluate('instants.context.suspend()')
    page.wait_for_text('#listening', '^waiting for sound')
    page.evaluate('instants.flash.splice(0)')
    page.until('instants.flash.length > 0')


def test_listening_is_told_where_no_sound_can_be_played(nodes, view, show):
    nodes()
    # Without a loudspeaker, the start of the sound never ends.
    page = show(script='AudioContext.prototype.resume = () => new Promise(() => {});')
    page.click('#listen')
    page.until('document.querySelector("#listen").getAttribute("aria-pressed") === "true"')

    # Over the network without https there is no sound: it says with which port there is.
    page = show(script='Object.defineProperty(globalThis, "isSecureContext", {value: false});')
    page.click('#listen')
    port = re.search(r':(\d+)/', view.url)[1]
    page.wait_for_text('#listening', f'use ssh -L {port}:127.0.0.1:{port} to this host')


def saved(path):
    """Return rate, number of channels and the samples of a WAV file of 16 bits."""
    content = path.read_bytes()
    assert content[:4] == b'RIFF' and content[8:16] == b'WAVEfmt '
    channels, rate = int.from_bytes(content[22:24], 'little'), int.from_bytes(
        content[24:28], 'little')
    size = int.from_bytes(content[40:44], 'little')
    assert content[36:40] == b'data' and size == len(content) - 44
    return rate, channels, np.frombuffer(content[44:], '<i2')


def test_nodes_that_come_go_and_come_back(nodes, view, show):
    page = show()
    page.wait_for_text('#notice', 'There is nothing to see[^]*ros2 run av_capture av_capture')
    first = nodes()
    page.wait_for_text('#status', r'camera[^]*works[^]*microphone[^]*works')
    until(lambda: shown_number(page) > 0, 'a picture', view)
    assert page.text('#notice') == ''
    first.end()
    page.wait_for_text('#notice', 'There is nothing to see')

    second = nodes()
    page.wait_for_text('#picture-rate', r'^(?!0\.0)\d+\.\d images/s')
    second.kill()  # which the graph does not notice for a while
    page.wait_for_text('#status', r'no report[^]*start it again: ros2 run av_capture')
    page.wait_for_text('body', 'Nothing comes from /camera/image_raw|There is nothing to see')
    before = shown_number(page)

    nodes()
    page.wait_for_text('#status', r'camera[^]*works[^]*microphone[^]*works')
    until(lambda: shown_number(page) not in (-1, before), 'another picture', view)
    page.until('document.querySelector("#picture-notice").hidden '
               '&& document.querySelector("#sound-notice").hidden')


def test_a_node_that_is_dead_works_in_no_page(av_capture, view, show):
    def state(page, node):
        return page.evaluate(
            '[...document.querySelectorAll("#status .node")].find((n) => n.querySelector("h2")'
            f'.innerText.startsWith("{node}"))?.querySelector("strong").innerText ?? ""')
    dead, _ = (av_capture('--nodes', f'{name}=camera', *arguments(name, {'source': 'synthetic'}))
               for name in ('right', 'left'))
    page = show()
    for node in ('right', 'left'):
        until(lambda node=node: state(page, node) == 'works', f'a report of {node}', view)
    dead.kill()
    until(lambda: state(page, 'right') == 'no report', 'the silence', view)
    other = show()  # which is told the newest reports, whenever they came
    assert until(lambda: state(other, 'right'), 'a state', view) == 'no report'


def test_a_device_that_is_absent_is_told_with_what_to_do(av_capture, view, show):
    av_capture('--nodes', 'camera', *arguments('camera', {'video_device': '/dev/video77'}))
    page = show()
    page.wait_for_text('#status', r'error[^]*/dev/video77[^]*no such file[^]*plug it in')
    page.wait_for_text('#picture-notice', 'Nothing comes from[^]*plug it in')
    page.wait_for_text('#sound-notice', 'Nobody publishes sound')


def test_pages_share_and_do_not_delay_each_other(nodes, view, show, listener):
    nodes()
    one, other = show(), show(scheme='light', size=(375, 700))
    for page in (one, other):
        page.wait_for_text('#picture-rate', 'images/s')
        page.wait_for_text('#sound-format', 'S16LE')
    until(lambda: subscribers(listener, COMPRESSED) == 1, 'one subscription for both', view)
    # No wider than a phone.
    assert other.evaluate('document.documentElement.scrollWidth') <= 375

    before = one.number('#picture-dropped')
    for _ in range(10):  # again, if the server let the page go meanwhile: then nothing counts
        stand_still(one, other, view)
        if one.number('#picture-dropped') > before:
            break
    else:
        pytest.fail('nothing is left out for a page that stands still')

    for page in (one, other):
        page.open('about:blank#away')
    for topic in (COMPRESSED, '/microphone/audio', '/diagnostics'):
        until(lambda topic=topic: subscribers(listener, topic) == 0, f'no subscription to {topic}', view)


def stand_still(page, other, view):
    """Have a page stand still for ten pictures of another one, and then show newer ones."""
    page.command('Debugger.enable')
    page.command('Debugger.pause')  # from its next step on
    number = shown_number(other)
    until(lambda: shown_number(other) >= number + 10, 'ten pictures in the other page', view)
    page.command('Debugger.resume')
    page.command('Debugger.disable')
    number = shown_number(other)
    until(lambda: shown_number(page) > number, 'pictures in the page that stood still', view)


def test_a_hidden_page_subscribes_to_nothing(nodes, view, show, listener):
    nodes()
    page = show()
    page.wait_for_text('#sound-format', 'S16LE')
    topics = COMPRESSED, '/microphone/audio', '/diagnostics'
    for topic in topics:
        until(lambda topic=topic: subscribers(listener, topic) == 1, topic, view)
    tab = page.browser.page('about:blank', window=False)
    for topic in topics:
        until(lambda topic=topic: subscribers(listener, topic) == 0, topic, view)
    number = shown_number(page)
    tab.close()
    until(lambda: shown_number(page) > number, 'pictures in the page that is seen again', view)


def test_the_number_of_topics_that_are_not_listed_is_told(view, show, listener):
    for i in range(65):
        listener.node.create_publisher(Image, f'/many{i}/image', 1)
    page = show()
    page.wait_for_text('#notice', '^Topics that are not listed, since there are too many: 1.$')
    assert page.evaluate('document.querySelector("#picture-choice").options.length') == 64


def test_a_problem_that_is_over_is_not_told_any_more(view, show, listener):
    publisher = listener.node.create_publisher(Image, '/still/image', 1)
    page = show()

    def publish(encoding, size):
        publisher.publish(Image(width=4, height=2, encoding=encoding, step=4 * size, data=[0] * 8 * size))
    problem = 'its encoding is "32FC1", which cannot be shown'
    until(lambda: publish('32FC1', 4) or problem in page.text('#picture-notice'), 'the problem', view)

    # It is over before the page shows the topic again: the server has nothing to tell.
    tab = page.browser.page('about:blank', window=False)
    until(lambda: subscribers(listener, '/still/image') == 0, 'no subscription', view)
    tab.close()
    until(lambda: publish('rgb8', 3) or page.text('#picture-size') == '4x2', 'the picture', view)
    until(lambda: publish('rgb8', 3) or page.text('#picture-notice') == '',
          'the end of the problem', view)


def test_strangers_get_nothing(nodes, view, browser):
    nodes().wait_for_line('capturing from')
    bare = view.url.split('#')[0]
    for url, words in ((bare, 'the token is missing'), (bare + '#token=guess', 'earlier start')):
        page = browser.page(url)
        try:
            page.wait_for_text('#link', words)
            assert page.text('#picture-size') == '–'
        finally:
            page.close()
    request = urllib.request.Request(bare, headers={'Host': 'evil.example.org'})
    with pytest.raises(urllib.error.HTTPError, match='403'):
        urllib.request.urlopen(request)


@pytest.mark.parametrize('options, words', [
    (['--port', '70000'], '--port is 70000, must be 0 to 65535'),
    (['--address', 'robot'], '--address is "robot", must be an IP address'),
    (['--host', 'http://robot'], '--host is "http://robot", must be a host\'s name'),
    (['page'], 'unknown argument "page"'),
])
def test_wrong_arguments_are_refused(av_capture, options, words):
    process = av_capture(*options, command=[executable('av_view')])
    assert process.status() == 1
    assert words in process.text()


def test_a_port_that_is_taken_is_a_fault(av_capture, view):
    port = re.search(r':(\d+)/', view.url)[1]
    process = av_capture('--port', port, command=[executable('av_view')])
    assert process.status() == 2
    assert f'127.0.0.1:{port}' in process.text() and '--port names another' in process.text()

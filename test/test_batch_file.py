"""A WAV file played as fast as it goes: every block arrives, in the file's own time."""

from av_capture.msg import AudioData, Spectrum
from harness import wav
from harness.deadline import until
from harness.listener import nanoseconds
from harness.parameters import microphone
from harness.process import executable
from harness.sound import check_continuous, samples
import numpy as np

RATE = 16000
BLOCK = 160  # [audio frames]
SECONDS = 200  # of sound: many times what the middleware keeps, and played before all are connected


def end_of(blocks):
    """Return the index behind the last audio frame that has come."""
    return blocks[-1].first_frame + BLOCK if blocks else 0


def size_of(path):
    """Return the size of a file that is being written [bytes]."""
    return path.stat().st_size if path.exists() else 0


def test_every_block_of_a_batch_arrives(av_capture, listener, sleeper, tmp_path):
    sound = np.random.default_rng(7).uniform(-0.5, 0.5, (SECONDS * RATE, 1))
    sound = np.round(wav.write(tmp_path / 'long.wav', sound, RATE) * 32768).astype(int)
    inbox = listener.subscribe(AudioData, '/microphone/audio', keep_all=True)
    spectra = listener.subscribe(Spectrum, '/microphone/spectrum', keep_all=True)
    process = av_capture(*microphone(source='file', device=tmp_path / 'long.wav', realtime=False,
                                     block_size=BLOCK, spectrum__window_size=1600,
                                     spectrum__hop_size=1600))
    inbox.wait(1, process)
    # One that stands still holds up the others, and loses them nothing.
    late = sleeper.subscribe(AudioData, '/microphone/audio', keep_all=True)
    counts = []

    def held_up():
        counts.append(len(inbox.so_far()))
        return len(counts) > 50 and counts[-1] == counts[-50]
    until(held_up, 'nothing arrives for a second', process, progress=lambda: counts[-1])
    assert counts[-1] < SECONDS * RATE / BLOCK
    # It is not held up in silence.
    process.wait_for_line(r'\[WARN\].* /microphone/audio: the file stands still for 5 s: .*'
                          r', one of /listener: let all subscribers keep all messages')
    sleeper.wake_up()
    blocks = inbox.wait_counted(SECONDS * RATE, end_of, process, 'the end')
    process.wait_for_line(r'\[INFO\].* /microphone/audio: the file goes on after \d+ s')
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0
    check_continuous(late.wait_counted(SECONDS * RATE, end_of, process, 'the late end'))
    # Sound played before we were connected is no loss.
    np.testing.assert_array_equal(samples(blocks), sound[blocks[0].first_frame:])
    # Stamps go on with the sound, whatever the time is.
    stamp = np.array([nanoseconds(block.header.stamp) for block in blocks])
    due = np.arange(len(blocks)) * BLOCK / RATE * 1e9
    assert np.abs(stamp - stamp[0] - due).max() < 1e6
    # Somewhere ten seconds of sound came in less than five, which no clock paces.
    came = np.array(inbox.arrivals[:len(blocks)])
    ten = 10 * RATE // BLOCK
    quickest = (came[ten:] - came[:-ten]).min() * 1e-9
    print(f'ten seconds of sound took {quickest:.2f} s')
    assert quickest < 5
    windows = [each.first_frame for each in spectra.so_far()]
    assert windows == list(range(windows[0], windows[0] + 1600 * len(windows), 1600))


def test_audio_save_gets_all_of_a_batch(av_capture, tmp_path):
    sound = np.random.default_rng(8).uniform(-0.5, 0.5, (SECONDS * RATE, 1))
    wav.write(tmp_path / 'long.wav', sound, RATE)
    av_capture(*microphone(source='file', device=tmp_path / 'long.wav', realtime=False,
                           block_size=BLOCK))
    saver = av_capture(tmp_path / 'saved.wav', '--duration', SECONDS,
                       command=[executable('audio_save')])
    assert saver.status(lambda: size_of(tmp_path / 'saved.wav')) == 0, saver.text()
    assert wav.read(tmp_path / 'saved.wav') == wav.read(tmp_path / 'long.wav')

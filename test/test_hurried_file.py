"""A WAV file played as fast as it goes: every block arrives, in the file's own time."""

import time

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
SECONDS = 600  # of sound: many times what the middleware keeps, and played before all are connected


def test_every_block_of_a_hurried_file_arrives(av_capture, listener, sleeper, tmp_path):
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
    until(held_up, 'nothing arrives for a second', process)
    assert counts[-1] < SECONDS * RATE / BLOCK
    # It is not held up in silence.
    process.wait_for_line(r'\[WARN\].* /microphone/audio: the file stands still for 5 s: .*'
                          r', one of /listener: let all subscribers keep all messages')
    begun, before = time.monotonic(), counts[-1]
    sleeper.wake_up()
    blocks = inbox.wait_until(
        lambda blocks: blocks[-1].first_frame + BLOCK == SECONDS * RATE, process, 'the end')
    took = time.monotonic() - begun
    process.wait_for_line(r'\[INFO\].* /microphone/audio: the file goes on after \d+ s')
    rest = SECONDS - before * BLOCK / RATE
    print(f'{rest:.0f} s of sound in {took:.1f} s, {rest / took:.0f} times as fast')
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0
    check_continuous(late.wait_until(
        lambda blocks: blocks[-1].first_frame + BLOCK == SECONDS * RATE, process, 'the late end'))
    # What was played before we were connected is no loss.
    np.testing.assert_array_equal(samples(blocks), sound[blocks[0].first_frame:])
    # Stamps go on with the sound, whatever the time is.
    stamp = np.array([nanoseconds(block.header.stamp) for block in blocks])
    due = np.arange(len(blocks)) * BLOCK / RATE * 1e9
    assert np.abs(stamp - stamp[0] - due).max() < 1e6
    assert took < rest / 2
    windows = [each.first_frame for each in spectra.so_far()]
    assert windows == list(range(windows[0], windows[0] + 1600 * len(windows), 1600))


def test_audio_save_gets_all_of_a_hurried_file(av_capture, tmp_path):
    sound = np.random.default_rng(8).uniform(-0.5, 0.5, (SECONDS * RATE, 1))
    wav.write(tmp_path / 'long.wav', sound, RATE)
    av_capture(*microphone(source='file', device=tmp_path / 'long.wav', realtime=False,
                           block_size=BLOCK))
    saver = av_capture(tmp_path / 'saved.wav', '--duration', SECONDS,
                       command=[executable('audio_save')])
    assert saver.status() == 0, saver.text()
    assert wav.read(tmp_path / 'saved.wav') == wav.read(tmp_path / 'long.wav')

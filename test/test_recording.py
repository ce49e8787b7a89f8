"""Recordings and snippets are what the topic carried, bit for bit, whatever happens."""

import os
import shutil
import signal

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from harness import wav
from harness.fifo import Player
from harness.parameter_client import ParameterClient
from harness.parameters import microphone
from harness.process import executable
from harness.service import Service
from harness.set_capture import SetCapture
from harness.sound import check_continuous, joined
import numpy as np
import pytest
from std_srvs.srv import SetBool, Trigger

RATE = 44100


class Recorder:
    """The microphone's services."""

    def __init__(self, listener, process):
        self._snippet = Service(listener, Trigger, '/microphone/save_snippet', process)
        self._recording = Service(listener, SetBool, '/microphone/set_recording', process)

    def snippet(self):
        """Save a snippet; return its path and what else the answer says."""
        return self._lines(self._snippet.call())

    def start(self):
        """Start a recording and return its path."""
        path, *others = self._lines(self._recording.call(data=True))
        assert not others
        return path

    def stop(self):
        """Stop the recording; return its path and what else the answer says."""
        return self._lines(self._recording.call(data=False))

    def refused(self, **fields):
        """Return why a recording is not started or stopped."""
        response = self._recording.call(**fields)
        assert not response.success
        return response.message

    @staticmethod
    def _lines(response):
        assert response.success, response.message
        return response.message.split('\n')


@pytest.fixture
def noise(pulse):
    """Return a name of a microphone that hears noise, and what starts the noise."""
    fifo = pulse.add_pipe_source('pipe', RATE)
    players = []
    content = np.random.default_rng(5).integers(-2**15, 2**15, 60 * RATE).astype('<i2').tobytes()
    yield lambda: players.append(Player(fifo, content, RATE))
    for player in players:
        player.close()


def synthetic(folder, **parameters):
    """Return the command line of a synthetic microphone."""
    return microphone(source='synthetic', record_directory=folder, **parameters)


def heard(inbox, process, frames):
    """Wait for so many audio frames more than there are, and return all blocks."""
    last = inbox.wait(1, process)[-1]  # what was said before somebody listened counts for nothing
    goal = last.first_frame + last.frame_count + frames
    return inbox.wait_counted(
        goal, lambda blocks: blocks[-1].first_frame + blocks[-1].frame_count, process,
        f'{frames} audio frames more')


def test_snippet_and_recording_are_the_topics_bytes(av_capture, listener, pulse, noise, tmp_path):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    folder = tmp_path / 'new' / 'folder'
    process = av_capture(*microphone(backend='pulseaudio', device='pipe', fifo_size=66000,
                                     record_directory=folder), environment=pulse.environment)
    noise()
    recorder = Recorder(listener, process)
    heard(inbox, process, 70000)
    path = recorder.start()
    assert os.path.dirname(path) == str(folder)
    before = heard(inbox, process, 2 * RATE)
    snippet, *remarks = recorder.snippet()
    assert not remarks
    heard(inbox, process, RATE)
    stopped, *remarks = recorder.stop()
    assert stopped == path and not remarks
    blocks = heard(inbox, process, RATE)
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0
    all_of_it = joined(blocks)
    newest = wav.read(snippet)
    assert len(newest) == 66000 * 2
    assert newest in all_of_it
    recorded = wav.read(path)
    assert len(recorded) >= 2.5 * RATE * 2
    assert recorded in all_of_it
    # From the moment of the request on, which came before what was waited for after it.
    assert newest in recorded + newest and joined(before)[-2 * RATE:] in recorded
    assert wav.decoded(path) == recorded and wav.decoded(snippet) == newest
    assert wav.seconds(path) == pytest.approx(len(recorded) / 2 / RATE, abs=1e-5)


@pytest.mark.parametrize('rate, channels, fifo', [(8000, 2, 5000), (48000, 1, 48001)])
def test_snippet_holds_as_many_audio_frames_as_the_fifo(
        av_capture, listener, tmp_path, rate, channels, fifo):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*synthetic(
        tmp_path, sample_rate=rate, channels=channels, fifo_size=fifo, spectrum__window_size=512))
    recorder = Recorder(listener, process)
    heard(inbox, process, fifo + rate // 2)
    snippet, = recorder.snippet()
    newest = wav.read(snippet)
    assert len(newest) == fifo * channels * 2
    assert newest in joined(heard(inbox, process, rate // 2))


def test_killed_process_leaves_what_was_recorded(av_capture, listener, tmp_path):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*synthetic(tmp_path))
    recorder = Recorder(listener, process)
    heard(inbox, process, RATE // 2)
    path = recorder.start()
    start = inbox.so_far()[-1].first_frame  # the recording has begun
    heard(inbox, process, 3 * RATE)
    process.send(signal.SIGKILL)
    assert process.status() == -signal.SIGKILL
    recorded = wav.read(path)
    blocks = inbox.so_far()
    assert recorded in joined(blocks)
    end = blocks[-1].first_frame + blocks[-1].frame_count
    # Up to the last second, and a tenth for what was captured but not heard at the start.
    assert len(recorded) / 2 >= end - start - 1.1 * RATE
    assert wav.decoded(path) == recorded
    assert wav.seconds(path) == pytest.approx(len(recorded) / 2 / RATE, abs=1e-5)


@pytest.mark.parametrize('numbers', [
    [signal.SIGINT],
    [signal.SIGTERM],
    # At once: timeout tells the program and then its group. Two of one number may be one.
    [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]])
def test_recording_is_complete_when_the_node_ends(av_capture, listener, tmp_path, numbers):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*synthetic(tmp_path))
    recorder = Recorder(listener, process)
    heard(inbox, process, RATE // 2)
    path = recorder.start()
    heard(inbox, process, RATE)
    for number in numbers[:-1]:
        process.send(number)
    process.end(numbers[-1])
    assert process.lines(f'recorded {path}')
    recorded = wav.read(path)
    assert len(recorded) >= 0.9 * RATE * 2
    assert wav.decoded(path) == recorded


def test_recording_goes_on_over_a_pause_of_capture(av_capture, listener, tmp_path):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*synthetic(tmp_path))
    recorder, capture = Recorder(listener, process), SetCapture(listener, '/microphone', process)
    heard(inbox, process, RATE // 2)
    path = recorder.start()
    heard(inbox, process, RATE // 2)
    capture.turn(False)
    assert recorder.start() == path, 'another file'
    capture.turn(True)
    heard(inbox, process, RATE // 2)
    stopped, remark = recorder.stop()
    assert stopped == path
    blocks = heard(inbox, process, RATE // 2)
    # The sound of the topic, with silence in its gaps.
    start = blocks[0].first_frame
    timeline = np.zeros(blocks[-1].first_frame + blocks[-1].frame_count - start, '<i2')
    there = np.zeros(len(timeline), bool)
    for block in blocks:
        place = slice(block.first_frame - start, block.first_frame - start + block.frame_count)
        timeline[place] = np.frombuffer(block.data, '<i2')
        there[place] = True
    recorded = wav.read(path)
    at = timeline.tobytes().find(recorded)
    assert at >= 0 and at % 2 == 0
    missing = np.count_nonzero(~there[at // 2:(at + len(recorded)) // 2])
    assert missing > 0 and remark.startswith(f'{missing} audio frames')


def test_change_of_format_begins_another_file(av_capture, listener, tmp_path):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*synthetic(tmp_path))
    recorder = Recorder(listener, process)
    heard(inbox, process, RATE // 2)
    path = recorder.start()
    heard(inbox, process, RATE // 2)
    ParameterClient(listener, '/microphone', process).change(channels=2)
    inbox.wait_until(lambda blocks: blocks[-1].channels == 2, process, 'two channels')
    heard(inbox, process, RATE // 2)
    first, second, remark = recorder.stop()
    assert first == path and second == path.replace('.wav', '_part2.wav')
    assert 'format' in remark
    blocks = heard(inbox, process, RATE // 2)
    for channels, file in ((1, first), (2, second)):
        part = joined([block for block in blocks if block.channels == channels])
        assert wav.read(file) and wav.read(file) in part


def test_folder_that_cannot_be_used_is_refused_and_nothing_else_suffers(
        av_capture, listener, tmp_path):
    (tmp_path / 'file').write_text('this is no folder')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*synthetic(tmp_path / 'file', allowed_paths=f"['{tmp_path}']"))
    recorder = Recorder(listener, process)
    heard(inbox, process, RATE // 2)
    assert str(tmp_path / 'file') in recorder.refused(data=True)
    assert 'nothing is being recorded' in recorder.refused(data=False)
    parameters = ParameterClient(listener, '/microphone', process)
    parameters.refuse('not within allowed_paths', record_directory='')
    parameters.change(record_directory=str(tmp_path / 'folder'))
    removed = recorder.start()
    shutil.rmtree(tmp_path / 'folder')
    heard(inbox, process, RATE // 10)  # a file is named after its first block
    path = recorder.start()
    assert path != removed and os.path.exists(path)
    heard(inbox, process, RATE // 4)
    assert recorder.stop() == [path]
    assert path.startswith(str(tmp_path / 'folder') + '/microphone_')
    check_continuous(inbox.so_far())


def test_full_disk_ends_the_recording_and_nothing_else(av_capture, listener, tmp_path):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    size = 200000
    process = av_capture(f'--fsize={size}', '--', executable(), *synthetic(tmp_path),
                         command=['prlimit'])
    recorder = Recorder(listener, process)
    path = recorder.start()
    process.wait_for_line('the recording is cut off')
    diagnostics.wait_until(
        lambda messages: any('the recording is cut off' in m.status[0].message and
                             m.status[0].level == DiagnosticStatus.ERROR for m in messages), process, 'an ERROR')
    blocks = heard(inbox, process, RATE)
    check_continuous(blocks)
    reason = recorder.refused(data=False)
    assert 'file too large' in reason and path in reason
    assert len(process.lines('the recording is cut off')) == 1, process.text()
    recorded = wav.read(path)
    assert size - 10000 <= os.path.getsize(path) <= size
    assert len(recorded) == os.path.getsize(path) - 80  # the header
    assert recorded in joined(blocks)
    again = recorder.start()
    assert again != path
    heard(inbox, process, RATE // 4)
    assert recorder.stop() == [again]


def test_device_that_comes_later_is_recorded(av_capture, listener, pulse, tmp_path):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(
        backend='pulseaudio', device='pipe', record_directory=tmp_path, reconnect_interval=0.2),
        environment=pulse.environment)
    recorder = Recorder(listener, process)
    path = recorder.start()
    fifo = pulse.add_pipe_source('pipe', RATE)
    content = np.random.default_rng(7).integers(-2**15, 2**15, 60 * RATE).astype('<i2').tobytes()
    player = Player(fifo, content, RATE)
    try:
        blocks = heard(inbox, process, RATE)
    finally:
        player.close()
    assert recorder.stop() == [path]
    assert joined(blocks)[:RATE] == wav.read(path)[:RATE]

"""What audio_save writes is what the topic carried, bit for bit."""

import os
import signal
import subprocess
from types import SimpleNamespace

from harness import wav
from harness.deadline import until
from harness.process import executable
from harness.talker import BROKEN, noise, SIZES, Talker
import pytest
import rclpy
from std_msgs.msg import String

CODECS = {'S16LE': 'pcm_s16le', 'S24LE': 'pcm_s24le', 'S32LE': 'pcm_s32le',
          'F32LE': 'pcm_f32le', 'U8': 'pcm_u8'}


@pytest.fixture
def audio_save(av_capture):
    """Return a function that starts audio_save with these arguments."""
    return lambda *arguments: av_capture(*arguments, command=[executable('audio_save')])


def samples(path, encoding):
    """Return the samples of a file as bytes, by ffmpeg."""
    codec = CODECS[encoding]
    return subprocess.run(
        ['ffmpeg', '-v', 'error', '-i', path, '-c:a', codec, '-f', codec[4:], '-'],
        check=True, capture_output=True).stdout


@pytest.mark.parametrize('encoding', SIZES)
@pytest.mark.parametrize('channels, rate', [(1, 44100), (4, 16000)])
def test_every_format_is_saved_bit_for_bit(
        audio_save, listener, tmp_path, encoding, channels, rate):
    path, frames = tmp_path / 'sound.wav', 12345
    talker = Talker(listener)
    process = audio_save(path, '--duration', frames / rate)
    talker.wait(process)
    content = noise(frames + 500, channels, encoding)
    talker.say_all(content, 7777, rate=rate, channels=channels, encoding=encoding)
    assert process.status() == 0, process.text()
    assert samples(path, encoding) == content[:frames * channels * SIZES[encoding]]
    assert f'{frames} audio frames' in process.lines('^saved')[0]


@pytest.mark.parametrize('encoding, zero', [('S16LE', b'\0\0'), ('U8', b'\x80')])
def test_gaps_are_filled_with_silence(audio_save, listener, tmp_path, encoding, zero):
    path = tmp_path / 'sound.wav'
    talker = Talker(listener)
    process = audio_save('--gaps', 'fill', path, '--idle', 1)
    talker.wait(process)
    content = noise(3000, encoding=encoding)
    size = SIZES[encoding]
    a, b, c = (content[i * 1000 * size:(i + 1) * 1000 * size] for i in range(3))
    end = talker.say_all(a, 10**12, encoding=encoding)
    end = talker.say_all(b, end + 123, encoding=encoding)
    talker.say_all(c, end + 100000, encoding=encoding, epoch=1)
    assert process.status() == 0, process.text()
    assert samples(path, encoding) == a + 123 * zero + b + 100000 * zero + c
    assert '100123 of them silence' in process.lines('^saved')[0]


def test_gaps_are_refused(audio_save, listener, tmp_path):
    path = tmp_path / 'sound.wav'
    talker = Talker(listener)
    process = audio_save('--gaps', 'refuse', path)
    talker.wait(process)
    content = noise(1000)
    end = talker.say_all(content)
    talker.say(noise(10), end + 5)
    assert process.status() == 2
    assert process.lines('5 audio frames are missing')
    assert wav.read(path) == content


def test_sound_that_begins_anew_or_changes_goes_on_in_another_file(
        audio_save, listener, tmp_path):
    talker = Talker(listener)
    process = audio_save(tmp_path / 'sound.wav', '--idle', 1)
    talker.wait(process)
    first, second, third = noise(1000, seed=1), noise(900, seed=2), noise(800, 2, seed=3)
    end = talker.say_all(first, 5000)
    talker.say_all(second, 200)
    talker.say_all(third, end, channels=2)
    assert process.status() == 0, process.text()
    assert wav.read(tmp_path / 'sound.wav') == first
    assert wav.read(tmp_path / 'sound_part2.wav') == second
    assert wav.read(tmp_path / 'sound_part3.wav') == third


def test_best_effort_publisher_is_heard(audio_save, listener, tmp_path):
    path = tmp_path / 'sound.wav'
    talker = Talker(listener, reliable=False)
    process = audio_save(path, '--duration', 0.1)
    talker.wait(process)
    content = noise(441)
    # Whatever gets lost, one of them arrives.
    first = [0]

    def said():
        first[0] = talker.say(content, first[0])
        return not process.running
    until(said, 'the end')
    assert process.status() == 0, process.text()
    assert process.lines('best effort')
    assert len(wav.read(path)) == 4410 * 2


def test_another_topic_and_a_namespace(audio_save, listener, tmp_path):
    for name, topic, *arguments in (
            ('remapped', '/robot/ear', '-r', 'audio:=/robot/ear'),
            ('namespace', '/robot/microphone/audio', '-r', '__ns:=/robot')):
        talker = Talker(listener, topic)
        path = tmp_path / (name + '.wav')
        process = audio_save(path, '--duration', 0.1, '--ros-args', *arguments)
        talker.wait(process)
        content = noise(4410)
        talker.say_all(content)
        assert process.status() == 0, process.text()
        assert wav.read(path) == content


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_file_is_readable_however_it_ends(audio_save, listener, tmp_path, number):
    path = tmp_path / 'sound.wav'
    talker = Talker(listener)
    process = audio_save(path)
    talker.wait(process)
    content = noise(2 * 44100)
    talker.say_all(content)
    process.wait_for_line(r'^ +2\.0 s')  # and so a second since the first of it came
    # The file follows within half a second.
    until(lambda: wav.read(path) == content, 'all of it in the file', process)
    process.send(number)
    assert process.status() == (0 if number != signal.SIGKILL else -number)
    assert wav.read(path) == content
    assert wav.decoded(path) == content


def test_broken_messages_are_left_out_and_said(audio_save, listener, tmp_path):
    path = tmp_path / 'sound.wav'
    talker = Talker(listener)
    process = audio_save(path, '--duration', 0.1)
    talker.wait(process)
    content = noise(4410)
    talker.say_broken()
    end = talker.say_all(content[:4410])
    talker.say_broken()
    talker.say_all(content[4410:], end)
    assert process.status() == 0, process.text()
    assert wav.read(path) == content
    left_out = process.lines('left out')
    assert len(left_out) == 2, left_out  # the first, and how many there were
    assert 'frame_count 7 of 2 bytes' in left_out[0]
    assert f'{2 * len(BROKEN)} messages of /microphone/audio were left out' in left_out[1]


def test_node_that_published_first_is_kept(audio_save, listener, tmp_path):
    path = tmp_path / 'sound.wav'
    node = rclpy.create_node('stranger', context=listener.node.context)
    talker, stranger = Talker(listener), Talker(SimpleNamespace(node=node))
    process = audio_save(path, '--duration', 0.1)
    talker.wait(process)
    stranger.wait(process)
    content = noise(4410)
    end = talker.say_all(content[:4410])
    until(lambda: process.lines('audio frames missing'), 'sound', process)
    stranger.say_all(noise(441, channels=2), channels=2)
    stranger.wait_for_arrival()
    talker.say_all(content[4410:], end)
    assert process.status() == 0, process.text()
    assert wav.read(path) == content
    assert list(tmp_path.glob('*.wav')) == [path]
    assert process.lines('1 messages of /microphone/audio were left out, since another node')


@pytest.mark.parametrize('first', [True, False])
def test_publisher_of_another_type_is_said_and_sound_waited_for(
        audio_save, listener, stranger, tmp_path, first):
    path = tmp_path / 'sound.wav'
    content = noise(4410)
    if first:
        stranger.create_publisher(String, '/microphone/audio', 1)
    process = audio_save(path, '--duration', 0.1)
    if not first:
        talker = Talker(listener)
        talker.wait(process)
        end = talker.say_all(content[:4410])
        process.wait_for_line('audio frames missing')
        stranger.create_publisher(String, '/microphone/audio', 1)
    warning = process.wait_for_line('is published by /stranger as')
    for word in '/microphone/audio', 'std_msgs/msg/String', 'want av_capture/msg/AudioData', '-r audio:=':
        assert word in warning
    if first:
        talker = Talker(listener)
        talker.wait(process)
        end = talker.say_all(content[:4410])
    talker.say_all(content[4410:], end)
    assert process.status() == 0, process.text()
    assert wav.read(path) == content
    assert process.lines('is published by /stranger as') == [warning]
    assert not process.lines('2 nodes publish')


def test_sound_that_counts_backwards_makes_bounded_files(audio_save, listener, tmp_path):
    folder = tmp_path / 'sounds'
    folder.mkdir()
    talker = Talker(listener)
    process = audio_save(folder / 'sound.wav')
    talker.wait(process)
    first = noise(100)
    talker.say(first, 2**61)
    for i in range(1, 1000):
        talker.say(noise(10), 2**61 - 1000 * i)
    assert process.status() == 2, process.text()
    assert process.lines('this recording has 100 files already.*ros2 topic info')
    assert len(os.listdir(folder)) == 100
    assert wav.read(folder / 'sound.wav') == first


def test_mistakes_in_the_arguments(audio_save, tmp_path):
    there = tmp_path / 'there.wav'
    there.write_text('precious')
    for arguments, said in (
            ([], 'FILE is missing'),
            (['a.wav', 'b.wav'], 'b.wav'),
            ([tmp_path / 'a.wav', '--gaps', 'ignore'], 'fill or refuse'),
            ([tmp_path / 'a.wav', '--duration', '-1'], '--duration'),
            ([tmp_path / 'a.wav', '--loud'], 'loud'),
            ([there], '--overwrite'),
            ([tmp_path / 'missing' / 'a.wav'], 'no such file'),
            ([tmp_path / 'a.wav', '--ros-args', '--unheard'], '--unheard')):
        process = audio_save(*arguments)
        assert process.status() == 1, process.text()
        assert any(said in line for line in process.errors()), process.text()
    assert there.read_text() == 'precious'
    assert sorted(os.listdir(tmp_path)) in (['there.wav'], ['log', 'there.wav'])
    process = audio_save('--help')
    assert process.status() == 0 and process.lines('^Usage: audio_save')


def test_overwrite_and_nothing_to_hear(audio_save, listener, tmp_path):
    path = tmp_path / 'sound.wav'
    path.write_text('useless')
    talker = Talker(listener)
    process = audio_save('--overwrite', path, '--duration', 0.1)
    talker.wait(process)
    content = noise(4410)
    talker.say_all(content)
    assert process.status() == 0, process.text()
    assert wav.read(path) == content
    silent = tmp_path / 'silent.wav'
    process = audio_save(silent)
    process.wait_for_line('listening to')
    process.send(signal.SIGINT)
    assert process.status() == 2
    assert process.lines('no sound has come on /microphone/audio')
    assert not silent.exists()

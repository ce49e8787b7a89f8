"""What audio_play plays is what the topic carried, bit for bit and gap for gap."""

import os
import re
import signal
import time

from harness import wav
from harness.deadline import until
from harness.fifo import Loudspeaker
from harness.process import executable
from harness.talker import BROKEN, noise, silence, SIZES, Talker
import pytest

RATE = 44100  # [Hz]


@pytest.fixture
def audio_play(pulse, av_capture):
    """Return a function that starts audio_play with these arguments."""
    return lambda *arguments: av_capture(
        *arguments, environment=pulse.environment, command=[executable('audio_play')])


@pytest.fixture
def sink(pulse):
    """Return a function that adds a loudspeaker, and returns what it plays."""
    loudspeakers = []

    def add(name='cellar', rate=RATE, channels=1, encoding='S16LE', positions=None):
        path = pulse.add_pipe_sink(name, rate, channels, encoding, positions)
        loudspeakers.append(Loudspeaker(path, rate, channels * SIZES[encoding]))
        return loudspeakers[-1]
    yield add
    for loudspeaker in loudspeakers:
        loudspeaker.close()


def say_live(talker, content, first=0, block=441, **form):
    """Publish S16LE at the rate at which a microphone would; return the index after it."""
    start = time.monotonic()
    for i, at in enumerate(range(0, len(content), 2 * block)):
        due = start + i * block / RATE
        time.sleep(max(0, due - time.monotonic()))
        first = talker.say(content[at:at + 2 * block], first, **form)
    return first


@pytest.mark.parametrize('encoding', SIZES)
@pytest.mark.parametrize('channels, rate', [(1, 44100), (2, 48000), (4, 16000)])
def test_every_format_is_played_bit_for_bit(
        audio_play, listener, sink, encoding, channels, rate):
    form = {'rate': rate, 'channels': channels, 'encoding': encoding}
    loudspeaker = sink(**form)
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1, '--idle', 3)
    talker.wait(process)
    content = noise(rate, channels, encoding)
    # As a program does that makes speech: all at once.
    talker.say_all(content, 7777, **form)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(content)
    assert f'played 1.000 s, {rate} audio frames' in process.lines('^played')[0]
    assert 'underruns' not in process.lines('^played')[0]


def test_channels_are_played_in_their_order(audio_play, listener, sink):
    """PulseAudio knows the loudspeakers' positions, which are those of a usual card."""
    form = {'rate': 16000, 'channels': 8, 'encoding': 'S16LE'}
    loudspeaker = sink(**form, positions='front-left,front-right,rear-left,rear-right,'
                                         'front-center,lfe,side-left,side-right')
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1, '--idle', 3)
    talker.wait(process)
    content = noise(16000, 8, 'S16LE')
    talker.say_all(content, **form)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(content)


def test_gaps_are_silence_of_their_length(audio_play, listener, sink):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1, '--idle', 3)
    talker.wait(process)
    parts = [noise(RATE // 2, seed=seed) for seed in range(4)]
    gaps = 123, 12345, 2 * RATE
    end = 10**12
    played = b''
    for i, (part, gap) in enumerate(zip(parts, (*gaps, 0))):
        end = talker.say_all(part, end, epoch=i) + gap
        played += part + silence(gap)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(played)
    assert f'{sum(gaps)} of them missing' in process.lines('^played')[0]


def test_live_sound_is_played_bit_for_bit_and_a_gap_takes_its_time(audio_play, listener, sink):
    loudspeaker = sink()
    talker = Talker(listener)
    # So much that no pause of a busy machine is an underrun.
    process = audio_play('--device', 'cellar', '--buffer', 1)
    talker.wait(process)
    before, after = noise(3 * RATE, seed=1), noise(2 * RATE, seed=2)
    gap = 2 * RATE + 77  # longer than what is buffered
    end = say_live(talker, before)
    time.sleep(gap / RATE)
    say_live(talker, after, end + gap)
    loudspeaker.wait_for(before + silence(gap) + after, process)
    process.end()
    said = process.lines('^played')[0]
    assert f'{gap} of them missing' in said and 'underrun' not in said, said


def test_pause_of_the_publisher_is_an_underrun_and_nothing_is_lost(audio_play, listener, sink):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1)
    talker.wait(process)
    before, after = noise(RATE, seed=1), noise(RATE, seed=2)
    end = talker.say_all(before)
    at = loudspeaker.wait_for(before, process)
    # It has run empty, since what follows is silence.
    until(lambda: len(loudspeaker.data()) > at + len(before) + RATE, 'silence', process)
    talker.say_all(after, end)
    second = loudspeaker.wait_for(after, process)
    pause = loudspeaker.data()[at + len(before):second]
    assert len(pause) > RATE and pause == bytes(len(pause))
    process.wait_for_line(' 1 underruns')
    process.end()
    assert '1 underruns' in process.lines('^played')[0]


def test_copies_and_what_nobody_means_are_left_out(audio_play, listener, sink):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1)
    talker.wait(process)
    content = noise(3 * 441)
    for _ in range(2):
        talker.say(content[:882], 1000)
    talker.say_broken()
    talker.say(content[882:1764], 1441)
    talker.say(content[:882], 1000)
    talker.say(content[1764:], 1882)
    loudspeaker.wait_for(content, process)
    assert process.peak_memory() < 300 << 20
    process.end()
    assert '2 blocks ignored' in process.lines('^played')[0]
    assert process.lines(f'{len(BROKEN)} messages of /microphone/audio were left out')


def test_sound_that_restarts_follows(audio_play, listener, sink):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1, '--idle', 3)
    talker.wait(process)
    first, second = noise(RATE, seed=1), noise(RATE, seed=2)
    talker.say_all(first, 5000)
    talker.say_all(second, 10)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(first + second)
    assert 'restarted 1 times' in process.lines('^played')[0]


def test_another_format_reopens_the_loudspeaker(audio_play, listener, sink):
    loudspeaker = sink(rate=48000, channels=2)
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1, '--idle', 3)
    talker.wait(process)
    first, third = noise(48000, 2, seed=1), noise(48000, 2, seed=3)
    end = talker.say_all(first, rate=48000, channels=2)
    end = talker.say_all(noise(8000, encoding='U8'), end, rate=8000, encoding='U8')
    talker.say_all(third, end, rate=48000, channels=2)
    between = loudspeaker.wait_for(first, process) + len(first)
    until(lambda: loudspeaker.data()[between:].strip(b'\0'), 'the converted sound', process)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(third)
    assert process.lines('the format changes to 8000 Hz, 1 channel, U8')
    assert len(process.lines('the sound system converts 8000 Hz, 1 channel, U8')) == 1
    assert 'played 3.000 s, 104000 audio frames' in process.lines('^played')[0]


def test_loudspeaker_that_was_lost_is_used_again(audio_play, listener, sink, pulse):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1)
    talker.wait(process)
    content = noise(RATE)
    end = talker.say_all(content)
    loudspeaker.wait_for(content, process)
    pulse.kill()
    process.wait_for_line('trying again until it works')
    end = talker.say_all(noise(441), end)
    pulse.start()
    process.wait_for_line('playing again on')
    assert len(process.lines('trying again until it works')) <= 2  # lost, and no server
    content = noise(RATE, seed=2)
    talker.say_all(content, end)
    loudspeaker.wait_for(content, process)
    process.end()
    assert 'loudspeaker lost 1 times' in process.lines('^played')[0]


def test_sound_server_may_come_later(audio_play, listener, sink, pulse):
    loudspeaker = sink()
    pulse.kill()
    talker = Talker(listener)
    process = audio_play('--buffer', 1)
    talker.wait(process)
    end = talker.say_all(noise(441))
    process.wait_for_line('no loudspeaker .*trying again until it works')
    pulse.start()
    process.wait_for_line('playing again on')
    content = noise(RATE)
    talker.say_all(content, end)
    loudspeaker.wait_for(content, process)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_what_is_buffered_is_played_at_the_end(audio_play, listener, sink, number):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1)
    talker.wait(process)
    content = noise(3 * RATE)
    talker.say(content)  # all of it has come when some of it is heard
    loudspeaker.wait_for(content[:1000], process)
    process.send(number)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(content + bytes(1000))  # and silence after it
    assert 'played 3.000 s' in process.lines('^played')[0]


def test_second_signal_ends_at_once(audio_play, listener, sink):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1)
    talker.wait(process)
    content = noise(25 * RATE)
    talker.say_all(content, block=RATE)
    loudspeaker.wait_for(content[:1000], process)

    def ended():
        process.send(signal.SIGINT)
        return not process.running
    until(ended, 'the end')
    assert process.status() == 3 and 'by a second SIGINT' in process.errors()[-1]
    assert len(loudspeaker.data()) < len(content)


def test_a_sound_server_that_hangs_does_not_keep_it(audio_play, listener, pulse, sink):
    loudspeaker = sink()
    talker = Talker(listener)
    process = audio_play('--device', 'cellar', '--buffer', 1)
    talker.wait(process)
    content = noise(25 * RATE)
    talker.say_all(content, block=RATE)
    loudspeaker.wait_for(content[:1000], process)
    os.kill(pulse.pid, signal.SIGSTOP)
    try:
        process.send(signal.SIGTERM)
        assert process.status() == 3, process.text()
        assert 'after SIGTERM: what had not ended: playing what is left' in process.errors()[-1]
    finally:
        os.kill(pulse.pid, signal.SIGCONT)


def test_microphone_node_is_played(audio_play, av_capture, sink, tmp_path):
    loudspeaker = sink()
    process = audio_play('--buffer', 1, '--idle', 3)
    process.wait_for_line('listening to /microphone/audio')
    content = noise(5 * RATE)
    path = tmp_path / 'speech.wav'
    wav.write_bytes(path, content)
    av_capture('--nodes', 'microphone', '--ros-args',
               '-p', 'source:=file', '-p', f'device:={path}', '-p', 'loop:=true')
    # The node begins before it is heard, on a busy machine long before.
    process.wait_for_line(r'^ +4\.\d s')
    process.end()
    frames = int(re.search(r'(\d+) audio frames', process.lines('^played')[0])[1])
    played = loudspeaker.data().strip(b'\0')
    begin = content.find(played[:1000])
    assert begin >= 0 and abs(len(played) - 2 * frames) < 8
    assert played in content[begin:] + content + content


def test_nothing_is_said_or_played_without_sound(audio_play, pulse):
    pulse.add_null_sink('cellar')
    process = audio_play()
    process.wait_for_line('listening to /microphone/audio')
    process.end()
    assert process.lines('nothing has been played: no sound has come')
    assert not pulse.playing()


def test_mistakes_in_the_arguments(audio_play, pulse):
    pulse.add_null_sink('cellar')
    pulse.add_null_sink('attic')
    for arguments, said in (
            (['sound.wav'], 'unknown argument "sound.wav"'),
            (['--backend', 'oss'], '--backend is "oss", must be one of'),
            (['--buffer', 'much'], '-buffer'),
            (['--buffer', '0'], '--buffer is 0, must be from 0.01 to 10 seconds'),
            (['--buffer', 'nan'], '--buffer is NaN'),
            (['--idle', '-1'], '--idle is -1, must be from 0'),
            (['--loud'], '-loud'),
            (['--device', 'roof'], 'no such loudspeaker, there are: "cellar" (pulseaudio cellar'),
            (['--device', 'a'], 'ambiguous name, could be'),
            (['--ros-args', '--unheard'], '--unheard')):
        process = audio_play(*arguments)
        assert process.status() == 1, process.text()
        assert any(said in line for line in process.errors()), process.text()
    process = audio_play('--help')
    assert process.status() == 0 and process.lines('^Usage: audio_play')
    process = audio_play('--version')
    assert process.status() == 0 and process.lines(r'^audio_play \d')

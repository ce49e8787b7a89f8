"""Sound in the messages of audio_common and of Foxglove, published and read."""

import json
from pathlib import Path
import signal
import subprocess
import time

from ament_index_python.packages import get_package_share_directory
from audio_common_msgs.msg import AudioData as PlainData
from audio_common_msgs.msg import AudioDataStamped, AudioInfo
from av_capture.msg import AudioData, Spectrum
from diagnostic_msgs.msg import DiagnosticArray
from foxglove_msgs.msg import RawAudio
from harness import wav
from harness.deadline import until
from harness.diagnostics import values, wait_for_status
from harness.fifo import Loudspeaker
from harness.listener import nanoseconds
from harness.parameters import microphone
from harness.process import executable
from harness.talker import noise
import numpy as np
import pytest
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rclpy.time import Time

# Of the packages that are released: computed by rosidl from their definitions.
HASHES = {
    'audio_common_msgs/msg/AudioData':
        'a9742fba1567e649bbdba6ae034a72c7ef129b97c7a4da50fd2f3e1bfd8ffa86',
    'audio_common_msgs/msg/AudioDataStamped':
        '6fc679d5a868ed68e4d301f1ef42abecc86140afb57d255656ff2d9e476ea9e3',
    'audio_common_msgs/msg/AudioInfo':
        'b3494d204e513d2cceefae1888e5be3da7c8c8ca31eb277f7b5b62f364bcb1fb',
    'ffmpeg_image_transport_msgs/msg/FFMPEGPacket':
        '648d84e0d33cbf76daf54b094d8f06154b8a24800a19c14371754df799fbaf79',
    'foxglove_msgs/msg/CompressedVideo':
        '32039eafc3770e589c86c4dabff9c392ce9955ebffd43f5f60763011d43d8d1d',
    'foxglove_msgs/msg/RawAudio':
        '0b99ed3750364a2dcec27d8bf046f1b7c212ca9a5d26542819e08e83d62e3025',
}
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)


@pytest.mark.parametrize('kind', HASHES)
def test_messages_are_those_of_the_released_packages(kind):
    package, _, name = kind.split('/')
    path = Path(get_package_share_directory(package)) / 'msg' / f'{name}.json'
    hashes = {h['type_name']: h['hash_string'] for h in json.loads(path.read_text())['type_hashes']}
    assert hashes[kind] == 'RIHS01_' + HASHES[kind]


def published(listener, topic, process):
    """Return what the graph knows of a topic's only publisher."""
    until(lambda: listener.node.count_publishers(topic) == 1, topic, process)
    return listener.node.get_publishers_info_by_topic(topic)[0]


def latched(listener, topic):
    """Return the list of messages of a latched topic, which grows."""
    messages = []
    listener.node.create_subscription(AudioInfo, topic, messages.append, LATCHED)
    listener.wake()
    return messages


def by_stamp(messages, stamp=lambda m: m.header.stamp):
    """Return the messages by their stamps [ns]."""
    return {nanoseconds(stamp(m)): m for m in messages}


@pytest.mark.parametrize('encoding, dtype', [
    ('S16LE', '<i2'), ('S32LE', '<i4'), ('F32LE', '<f4'), ('U8', 'u1')])
def test_every_block_is_in_all_messages(av_capture, listener, encoding, dtype):
    rate, channels = 48000, 2
    ours = listener.subscribe(AudioData, '/microphone/audio')
    stamped = listener.subscribe(AudioDataStamped, '/microphone/audio_common')
    plain = listener.subscribe(PlainData, '/microphone/audio_common/audio')
    raw = listener.subscribe(RawAudio, '/microphone/audio_foxglove')
    process = av_capture(*microphone(
        source='synthetic', sample_rate=rate, channels=channels, sample_format=encoding,
        block_size=480, frame_id='ears', **{
            'audio_outputs': '[audio_common,foxglove]', 'synthetic.signal': 'noise'}))
    for inbox in (ours, stamped, plain, raw):
        inbox.wait(60, process)
    expected = by_stamp(ours.so_far())
    contents = [m.data.tobytes() for m in ours.so_far()]

    common = by_stamp(stamped.so_far())
    assert len(set(common) & set(expected)) > 30
    for stamp in set(common) & set(expected):
        assert common[stamp].audio.data.tobytes() == expected[stamp].data.tobytes()
        assert common[stamp].header.frame_id == 'ears'
    assert sum(m.data.tobytes() in contents for m in plain.so_far()) > 30

    foxglove = by_stamp(raw.so_far(), lambda m: m.timestamp)
    assert len(set(foxglove) & set(expected)) > 30
    for stamp in set(foxglove) & set(expected):
        m = foxglove[stamp]
        assert (m.format, m.sample_rate, m.number_of_channels) == ('pcm-s16', rate, channels)
        numbers = np.frombuffer(expected[stamp].data.tobytes(), dtype).astype(float)
        full = {'S16LE': 2**15, 'S32LE': 2**31, 'F32LE': 1, 'U8': 128}[encoding]
        numbers = (numbers - (128 if encoding == 'U8' else 0)) / full
        want = np.clip(np.round(numbers * 2**15), -2**15, 2**15 - 1).astype('<i2')
        assert m.data.tobytes() == want.tobytes()

    info = latched(listener, '/microphone/audio_common/audio_info')
    until(lambda: info, 'audio_info, which is latched', process)
    size = np.dtype(dtype).itemsize
    assert info[0] == AudioInfo(channels=channels, sample_rate=rate, sample_format=encoding,
                                bitrate=8 * size * channels * rate, coding_format='wave')
    types = {
        '/microphone/audio_common': 'audio_common_msgs/msg/AudioDataStamped',
        '/microphone/audio_common/audio': 'audio_common_msgs/msg/AudioData',
        '/microphone/audio_common/audio_info': 'audio_common_msgs/msg/AudioInfo',
        '/microphone/audio_foxglove': 'foxglove_msgs/msg/RawAudio'}
    for topic, kind in types.items():
        publisher = published(listener, topic, process)
        assert publisher.topic_type == kind
        assert str(publisher.topic_type_hash) == 'RIHS01_' + HASHES[kind]
        assert publisher.qos_profile.reliability == ReliabilityPolicy.RELIABLE
        assert publisher.qos_profile.durability == (
            DurabilityPolicy.TRANSIENT_LOCAL if topic.endswith('info') else DurabilityPolicy.VOLATILE)
    assert not process.complaints()


def pass_unheard(diagnostics, process, frames):
    """Wait until the microphone has captured audio frames from now on."""
    def captured(status):
        return int(values(status)['audio frames'])
    name, since = 'microphone: capture', len(diagnostics.so_far())
    first = captured(wait_for_status(diagnostics, process, name, captured, 'sound', since))
    wait_for_status(diagnostics, process, name,
                    lambda status: captured(status) >= first + frames, 'more sound', since)


def test_each_topic_alone_is_woken_and_gets_no_sound_of_before(av_capture, listener):
    rate, block = 48000, 480
    process = av_capture(*microphone(
        source='synthetic', sample_rate=rate, block_size=block, **{
            'audio_outputs': '[audio_common,foxglove]', 'spectrum.window_size': 1024}))
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    listener.wait_for_topics(['/microphone/audio_foxglove'], process)
    topics = {
        'audio': (AudioData, block, lambda m: m.header.stamp),
        'audio_common': (AudioDataStamped, block, lambda m: m.header.stamp),
        'audio_foxglove': (RawAudio, block, lambda m: m.timestamp),
        'spectrum': (Spectrum, 1024, lambda m: m.header.stamp)}
    for _ in range(2):
        for topic, (kind, frames, stamp) in topics.items():
            pass_unheard(diagnostics, process, rate // 5)
            asked = time.time_ns()
            inbox = listener.subscribe(kind, f'/microphone/{topic}')
            first = inbox.wait(5, process)[0]
            listener.unsubscribe(inbox)
            late = asked - (nanoseconds(stamp(first)) + frames * 10**9 // rate)
            assert late < 0, f'the first of {topic} is {late / 1e6} ms older than its subscription'


def test_outputs_are_not_there_unless_asked_for(av_capture, listener):
    process = av_capture(*microphone(source='synthetic', audio_outputs='[foxglove]'))
    published(listener, '/microphone/audio_foxglove', process)
    assert not listener.node.count_publishers('/microphone/audio_common')
    status = av_capture(*microphone(source='synthetic', audio_outputs='[ogg]'))
    assert status.status() == 1
    assert 'audio_outputs' in status.text() and '"audio_common", "foxglove"' in status.text()


@pytest.mark.parametrize('rate, channels, mp3_rate, mp3_channels', [(44100, 1, 44100, 1), (15000, 4, 16000, 2)])
def test_mp3_holds_the_sound_at_its_stamps(
        av_capture, listener, rate, channels, mp3_rate, mp3_channels):
    stamped = listener.subscribe(AudioDataStamped, '/microphone/audio_common')
    process = av_capture(*microphone(
        source='synthetic', sample_rate=rate, channels=channels, block_size=rate // 100, **{
            'audio_outputs': '[audio_common]', 'audio_common.format': 'mp3',
            'audio_common.bitrate': 64, 'synthetic.signal': 'impulses'}))
    frame = 1152 if mp3_rate >= 32000 else 576  # [audio frames]
    messages = stamped.wait(4 * mp3_rate // frame, process)
    info = latched(listener, '/microphone/audio_common/audio_info')
    until(lambda: info, 'audio_info', process)
    assert info[0] == AudioInfo(channels=mp3_channels, sample_rate=mp3_rate, sample_format='S16LE',
                                bitrate=64000, coding_format='mp3')
    times = np.array([nanoseconds(m.header.stamp) for m in messages]) / 1e9
    assert abs(np.median(np.diff(times)) - frame / mp3_rate) < 1e-3
    decoded = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'mp3', '-i', '-', '-ac', '1', '-f', 's16le', '-'], check=True,
        capture_output=True, input=b''.join(m.audio.data.tobytes() for m in messages)).stdout
    numbers = np.abs(np.frombuffer(decoded, '<i2').astype(float))
    # Impulses are at whole seconds of ROS time.
    loud = np.flatnonzero(numbers > numbers.max() / 2)
    seconds = times[loud // frame] + loud % frame / mp3_rate
    assert len(loud) >= 2
    assert np.abs(seconds - np.round(seconds)).max() < 2e-3
    assert not process.complaints()


class ForeignTalker:
    """Publishes sound in the messages of others, with audio_info where it is theirs."""

    def __init__(self, listener, kind, rate, channels, encoding='S16LE', coding='wave', durable=True):
        """Make the publishers."""
        topic = {AudioDataStamped: '/ear/audio_stamped', PlainData: '/ear/audio', RawAudio: '/ear/raw'}[kind]
        self.topic, self._kind, self._rate, self._channels = topic, kind, rate, channels
        self._publisher = listener.node.create_publisher(kind, topic, 1000)
        if kind is not RawAudio:
            self._info = listener.node.create_publisher(
                AudioInfo, '/ear/audio_info', LATCHED if durable else 1)
            self.info = AudioInfo(channels=channels, sample_rate=rate, sample_format=encoding,
                                  coding_format=coding)
            if durable:
                self._info.publish(self.info)

    def tell(self):
        """Publish audio_info, as one that is not latched."""
        self._info.publish(self.info)

    def wait(self, process):
        """Wait for the subscription."""
        until(self._publisher.get_subscription_count, 'a subscription', process)

    def say(self, data, stamp):
        """Publish a block, stamped [ns]."""
        if self._kind is RawAudio:
            self._publisher.publish(RawAudio(
                timestamp=Time(nanoseconds=stamp).to_msg(), data=data, format='pcm-s16',
                sample_rate=self._rate, number_of_channels=self._channels))
        elif self._kind is PlainData:
            self._publisher.publish(PlainData(data=data))
        else:
            m = AudioDataStamped(audio=PlainData(data=data))
            m.header.stamp = Time(nanoseconds=stamp).to_msg()
            self._publisher.publish(m)

    def say_all(self, data, size, block=160, start=10**18, skip=()):
        """Publish blocks with stamps that fit, but for those to skip."""
        for i, at in enumerate(range(0, len(data), block * size)):
            if i not in skip:
                self.say(data[at:at + block * size], start + i * block * 10**9 // self._rate)


@pytest.fixture
def audio_save(av_capture):
    """Return a function that starts audio_save with these arguments."""
    return lambda *arguments: av_capture(*arguments, command=[executable('audio_save')])


@pytest.mark.parametrize('kind', [AudioDataStamped, PlainData, RawAudio])
def test_audio_save_saves_all_of_them_bit_for_bit(audio_save, listener, tmp_path, kind):
    talker = ForeignTalker(listener, kind, 16000, 2)
    path = tmp_path / 'sound.wav'
    process = audio_save(path, '--duration', 1, '--ros-args', '-r', f'audio:={talker.topic}')
    talker.wait(process)
    content = noise(17600, 2)
    talker.say_all(content, 4)
    assert process.status() == 0, process.text()
    assert wav.read(path) == content[:64000]
    assert not process.complaints()


def test_lost_messages_are_silence_in_what_is_saved(audio_save, listener, tmp_path):
    talker = ForeignTalker(listener, RawAudio, 16000, 1)
    path = tmp_path / 'sound.wav'
    process = audio_save(path, '--duration', 2, '--ros-args', '-r', f'audio:={talker.topic}')
    talker.wait(process)
    content = noise(33600)
    talker.say_all(content, 2, skip=(150, 151))
    assert process.status() == 0, process.text()
    assert wav.read(path) == content[:48000] + bytes(640) + content[48640:64000]
    assert '320 of them silence' in process.lines('^saved')[0]


def test_sound_waits_for_its_audio_info(audio_save, listener, tmp_path):
    talker = ForeignTalker(listener, AudioDataStamped, 16000, 1, encoding='F32LE', durable=False)
    path = tmp_path / 'sound.wav'
    process = audio_save(path, '--duration', 1, '--ros-args', '-r', f'audio:={talker.topic}')
    talker.wait(process)
    content = noise(17600, encoding='F32LE')
    talker.say_all(content, 4)
    until(lambda: process.lines('no audio_common_msgs/AudioInfo on /ear/audio_info'), 'a warning', process)
    until(lambda: talker.tell() or not process.running, 'the end', process)
    assert process.status() == 0, process.text()
    assert path.read_bytes().endswith(content[:64000])


def test_a_file_for_batch_work_waits_for_subscribers_of_others(
        av_capture, audio_save, tmp_path):
    content = noise(5 * 16000)
    wav.write_bytes(tmp_path / 'in.wav', content, rate=16000)
    path = tmp_path / 'out.wav'
    process = av_capture(*microphone(
        source='file', device=tmp_path / 'in.wav', realtime='false', audio_outputs='[foxglove]'))
    save = audio_save(path, '--duration', 5, '--ros-args', '-r', 'audio:=/microphone/audio_foxglove')
    assert save.status() == 0, save.text()
    assert wav.read(path) == content
    assert not process.complaints() and not save.complaints()


@pytest.mark.parametrize('wrong, reason', [
    ({'coding': 'flac'}, 'coding_format is "flac", of which only wave and mp3 are known'),
    ({'channels': 3}, 'no whole audio frames of 6 bytes'),
    ({'encoding': 'S16BE'}, 'encoding is "S16BE"'),
])
def test_what_cannot_be_read_is_told(audio_save, listener, tmp_path, wrong, reason):
    talker = ForeignTalker(listener, AudioDataStamped, 16000, **{'channels': 1, **wrong})
    process = audio_save(tmp_path / 'sound.wav', '--ros-args', '-r', f'audio:={talker.topic}')
    talker.wait(process)
    talker.say(bytes(320), 10**18)
    process.wait_for_line(reason)
    process.send(signal.SIGINT)
    assert process.status() == 2 and process.lines('nothing is saved')


@pytest.mark.parametrize('kind', [AudioDataStamped, RawAudio])
def test_audio_play_plays_them_bit_for_bit(pulse, av_capture, listener, kind):
    loudspeaker = Loudspeaker(pulse.add_pipe_sink('cellar', 16000, 1, 'S16LE'), 16000, 2)
    talker = ForeignTalker(listener, kind, 16000, 1)
    process = av_capture(
        '--device', 'cellar', '--buffer', 1, '--idle', 3, '--ros-args', '-r', f'audio:={talker.topic}',
        environment=pulse.environment, command=[executable('audio_play')])
    talker.wait(process)
    content = noise(16000)
    talker.say_all(content, 2)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(content)
    loudspeaker.close()


def test_mp3_is_heard_as_it_was_said(audio_save, listener, tmp_path):
    talker = ForeignTalker(listener, AudioDataStamped, 16000, 1, coding='mp3')
    path = tmp_path / 'sound.wav'
    process = audio_save(path, '--idle', 3, '--ros-args', '-r', f'audio:={talker.topic}')
    talker.wait(process)
    tone = np.sin(np.arange(3 * 16000) * 2 * np.pi * 440 / 16000) * 16000
    content = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 's16le', '-ar', '16000', '-ac', '1', '-i', '-', '-b:a',
         '64k', '-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3', '-'], check=True,
        capture_output=True, input=tone.astype('<i2').tobytes()).stdout
    frame = 288  # [bytes] of 36 ms
    for i in range(len(content) // frame):
        talker.say(content[i * frame:(i + 1) * frame], 10**18 + i * 36 * 10**6)
    assert process.status() == 0, process.text()
    assert not process.complaints()
    saved = np.frombuffer(wav.read(path), '<i2').astype(float)
    assert len(saved) > 2.5 * 16000
    # The tone, at each place of it but where it begins.
    spectrum = np.abs(np.fft.rfft(saved[16000:32000]))
    assert np.argmax(spectrum) == 440
    # LAME makes it 5 % softer.
    assert abs(np.std(saved[16000:32000]) / np.std(tone) - 0.95) < 0.01

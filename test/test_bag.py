"""A bag of sound gives again what the microphone heard: saved and played."""

import itertools
import os

from ament_index_python.packages import get_package_share_directory
from av_capture.msg import AudioData
from harness import bag, wav
from harness.deadline import until
from harness.fifo import Loudspeaker
from harness.process import executable
from harness.sound import check_continuous
from harness.talker import noise, silence
import pytest
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.serialization import deserialize_message
import yaml

TOPIC = '/microphone/audio'
RATE = 44100  # [Hz]


@pytest.fixture
def recorded(av_capture, listener, tmp_path):
    """Return a bag of what the microphone's node published, and the samples in it."""
    content = noise(4 * RATE)
    path, folder = tmp_path / 'heard.wav', tmp_path / 'bag'
    wav.write_bytes(path, content)
    recorder = bag.Recorder(listener, AudioData, TOPIC, folder)
    process = av_capture('--nodes', 'microphone', '--ros-args',
                         '-p', 'source:=file', '-p', f'device:={path}')
    process.wait_for_line('set loop to play it again')
    last = 4 * RATE
    until(lambda: recorder.messages and end_of(recorder.messages[-1][1]) == last,
          'the end of the file', process)
    process.end()
    recorder.close()
    heard = joined(bag.messages(folder))
    assert heard and content.endswith(heard)
    return folder, heard


def end_of(data):
    """Return the index one past the last audio frame of a serialized block."""
    block = deserialize_message(data, AudioData)
    return block.first_frame + block.frame_count


def joined(messages):
    """Return the samples of serialized blocks, which have to follow each other."""
    blocks = [deserialize_message(data, AudioData) for _, data in messages]
    for before, block in itertools.pairwise(blocks):
        assert block.first_frame == before.first_frame + before.frame_count
    return b''.join(bytes(block.data) for block in blocks)


def publisher_of(listener):
    """Return a publisher, as that of `ros2 bag play`."""
    return listener.node.create_publisher(AudioData, TOPIC, QoSProfile(depth=1000))


def play(publisher, process, folder, rate=1.0, begin=0):
    """Play a bag from a message on to a process that listens."""
    until(publisher.get_subscription_count, 'a subscription', process)
    bag.play(bag.messages(folder)[begin:], publisher, rate)


def test_bag_is_saved_bit_for_bit(av_capture, listener, recorded, tmp_path):
    for rate, early in ((1, 0), (10, 40)):
        publisher = publisher_of(listener)
        check_saved(av_capture, publisher, *recorded, tmp_path / f'{early}.wav', rate, early)
        listener.node.destroy_publisher(publisher)


def check_saved(av_capture, publisher, folder, heard, path, rate, early):
    """Fail unless audio_save saves a bag, and tells how much was played before it came."""
    for _, data in bag.messages(folder)[:early]:  # before somebody listens
        publisher.publish(data)
    heard = heard[2 * 441 * early:]
    process = av_capture(path, '--idle', 2, command=[executable('audio_save')])
    play(publisher, process, folder, rate, early)
    assert process.status() == 0, process.text()
    assert wav.read(path) == heard
    assert process.lines(f'^saved .* {len(heard) // 2} audio frames')
    told = process.lines('played before')
    assert len(told) == bool(early)
    assert not told or f'{early} messages of {TOPIC}, about {early / 100:.3f} s' in told[0]


def test_bag_is_played_bit_for_bit(pulse, av_capture, listener, recorded):
    folder, heard = recorded
    loudspeaker = Loudspeaker(pulse.add_pipe_sink('cellar'), RATE, 2)
    process = av_capture('--buffer', 1, '--idle', 3, environment=pulse.environment,
                         command=[executable('audio_play')])
    play(publisher_of(listener), process, folder)
    assert process.status() == 0, process.text()
    loudspeaker.wait_for(silence(1000) + heard + silence(1000))
    loudspeaker.close()
    assert f'{len(heard) // 2} audio frames' in process.lines('^played')[0]


def recorder_qos():
    """Return the quality of service for recorders in config/, by topic, read as ros2 bag does."""
    policies = {'reliability': ReliabilityPolicy, 'durability': DurabilityPolicy,
                'history': HistoryPolicy}
    path = os.path.join(get_package_share_directory('av_capture'), 'config', 'bag_qos.yaml')
    with open(path, encoding='utf-8') as file:
        content = yaml.safe_load(file)
    return {topic: QoSProfile(**{
        name: policies[name].get_from_short_key(value) if name in policies else value
        for name, value in profile.items()}) for topic, profile in content.items()}


def test_recorders_quality_of_service_bridges_seconds(av_capture, sleeper, listener):
    profiles = recorder_qos()
    process = av_capture('--ros-args', '-p', 'camera:source:=synthetic',
                         '-p', 'microphone:source:=synthetic')
    listener.wait_for_topics(profiles, process)
    profile = profiles[TOPIC]
    busy = sleeper.subscribe(AudioData, TOPIC, depth=profile.depth)
    assert profile == busy.subscription.qos_profile
    sleeper.connect(busy, process)
    # It takes nothing until another subscriber has heard two seconds.
    inbox = listener.subscribe(AudioData, TOPIC)
    heard = inbox.wait(200, process)
    assert heard[0].first_frame > busy.so_far()[-1].first_frame
    sleeper.wake_up()
    blocks = busy.wait_until(lambda blocks: blocks[-1].first_frame > heard[-1].first_frame,
                             process, 'the sound from then on')
    check_continuous(blocks)

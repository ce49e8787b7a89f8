"""Nodes and topics are renamed as those of any ROS 2 node."""

from av_capture.msg import AudioData
from harness.parameters import arguments
import pytest
from sensor_msgs.msg import Image

SYNTHETIC = ['--ros-args', '-p', 'source:=synthetic', '--']


def test_default_names(av_capture, listener):
    process = av_capture(*SYNTHETIC)
    listener.wait_for_nodes(['/camera', '/microphone'], process)
    listener.wait_for_topics(
        ['/camera/image_raw', '/microphone/audio', '/microphone/spectrum'], process)


@pytest.mark.parametrize('name', ['camera', 'microphone'])
def test_one_node_alone(av_capture, listener, name):
    process = av_capture('--nodes', name, *SYNTHETIC)
    topic = {'camera': '/camera/image_raw', 'microphone': '/microphone/audio'}[name]
    listener.wait_for_topics([topic], process)
    listener.wait_for_nodes(['/' + name], process)


def test_namespace_is_of_both_nodes(av_capture, listener):
    process = av_capture(*SYNTHETIC, '--ros-args', '-r', '__ns:=/robot1/head')
    listener.wait_for_nodes(['/robot1/head/camera', '/robot1/head/microphone'], process)
    listener.wait_for_topics(
        ['/robot1/head/camera/image_raw', '/robot1/head/microphone/audio'], process)


def test_node_name_with_prefix_renames_that_node(av_capture, listener):
    images = listener.subscribe(Image, '/front/image_raw')
    blocks = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*SYNTHETIC, '--ros-args', '-r', 'camera:__node:=front')
    images.wait(3, process)
    blocks.wait(3, process)
    listener.wait_for_nodes(['/front', '/microphone'], process)


def test_renamed_node_takes_the_parameters_of_its_new_name(av_capture, listener):
    images = listener.subscribe(Image, '/front/image_raw')
    process = av_capture('--nodes', 'camera', '--ros-args', '-r', '__node:=front', '-p',
                         'front:source:=synthetic', '-p', 'front:frame_id:=eye')
    assert images.wait(1, process)[0].header.frame_id == 'eye'


def test_topic_is_remapped(av_capture, listener):
    images = listener.subscribe(Image, '/eye')
    process = av_capture(*SYNTHETIC, '--ros-args', '-r', 'camera:~/image_raw:=/eye')
    images.wait(3, process)


def test_fully_qualified_topic_is_remapped(av_capture, listener):
    blocks = listener.subscribe(AudioData, '/ear')
    process = av_capture(*SYNTHETIC, '--ros-args', '-r', '/microphone/audio:=/ear')
    blocks.wait(3, process)


def test_one_name_for_both_nodes_is_refused_with_the_cure(av_capture):
    process = av_capture(*SYNTHETIC, '--ros-args', '-r', '__node:=capture')
    assert process.status() == 1
    text = process.text()
    assert '/capture' in text
    assert 'camera:__node:=' in text and '--nodes' in text


def test_one_name_for_the_only_node_is_allowed(av_capture, listener):
    images = listener.subscribe(Image, '/front/image_raw')
    process = av_capture('--nodes', 'camera', *SYNTHETIC, '--ros-args', '-r', '__node:=front')
    images.wait(1, process)


def test_arguments_of_both_nodes_apply_to_their_own_node(av_capture, listener):
    images = listener.subscribe(Image, '/camera/image_raw')
    blocks = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(
        *arguments('camera', {'source': 'synthetic', 'frame_id': 'eye'}),
        *arguments('microphone', {'source': 'synthetic', 'frame_id': 'ear'}))
    assert images.wait(1, process)[0].header.frame_id == 'eye'
    assert blocks.wait(1, process)[0].header.frame_id == 'ear'

"""Parameter files are obeyed as rclcpp's nodes obey them."""

import os

from ament_index_python.packages import get_package_share_directory
from av_capture.msg import AudioData
from harness.image import published
import pytest
from sensor_msgs.msg import Image


@pytest.fixture
def started(av_capture, listener, tmp_path):
    """Return a function that starts with a parameter file and returns image and block."""
    def start(yaml, *arguments, namespace=''):
        path = tmp_path / 'parameters.yaml'
        path.write_text(yaml)
        images = listener.subscribe(Image, namespace + '/camera/image_raw')
        blocks = listener.subscribe(AudioData, namespace + '/microphone/audio')
        process = av_capture('--ros-args', '--params-file', path, *arguments)
        return images.wait(1, process)[0], blocks.wait(1, process)[0], process
    return start


def unused(process):
    """Return the warnings of what was given in vain."""
    return process.lines('WARN.*(no effect|has nothing for)')


def test_each_node_takes_its_section(started):
    image, block, process = started("""
camera:
  ros__parameters:
    source: synthetic
    image_width: 320
    image_height: 240
    frame_id: eye
microphone:
  ros__parameters:
    source: synthetic
    sample_rate: 16000
    channels: 2
    block_size: 160
    frame_id: ear
""")
    assert (image.width, image.height, image.header.frame_id) == (320, 240, 'eye')
    assert (block.sample_rate, block.channels, block.frame_count) == (16000, 2, 160)
    assert block.header.frame_id == 'ear'
    assert not unused(process)


def test_wildcard_section_is_for_both_nodes(started):
    image, block, process = started("""
/**:
  ros__parameters:
    source: synthetic
    frame_id: head
    image_width: 320
""")
    assert image.header.frame_id == block.header.frame_id == 'head'
    assert image.width == 320
    # image_width is unknown to the microphone, but was not meant for it alone.
    assert not unused(process)


def test_sections_hold_in_a_namespace(started):
    image, block, _ = started("""
/**/camera:
  ros__parameters: {source: synthetic, frame_id: eye}
/robot1/microphone:
  ros__parameters: {source: synthetic, frame_id: ear}
""", '-r', '__ns:=/robot1', namespace='/robot1')
    assert (image.header.frame_id, block.header.frame_id) == ('eye', 'ear')


def test_command_line_wins_over_the_file(started):
    image, block, _ = started("""
camera:
  ros__parameters: {source: synthetic, frame_id: eye}
microphone:
  ros__parameters: {source: synthetic, frame_id: ear}
""", '-p', 'camera:frame_id:=nose')
    assert (image.header.frame_id, block.header.frame_id) == ('nose', 'ear')


def test_later_file_wins(started, tmp_path):
    later = tmp_path / 'later.yaml'
    later.write_text('camera: {ros__parameters: {frame_id: nose}}')
    image, _, _ = started("""
camera:
  ros__parameters: {source: synthetic, frame_id: eye}
microphone:
  ros__parameters: {source: synthetic}
""", '--params-file', later)
    assert image.header.frame_id == 'nose'


def test_nested_names_are_dotted_names(av_capture, tmp_path):
    path = tmp_path / 'parameters.yaml'
    path.write_text("""
microphone:
  ros__parameters:
    source: synthetic
    spectrum:
      window: no_such_window
""")
    process = av_capture('--ros-args', '--params-file', path)
    assert process.status() == 1
    assert 'spectrum.window' in process.text()


@pytest.mark.parametrize('key, nearest', [
    ('framrate', 'framerate'), ('width', 'image_width'), ('pixelformat', 'pixel_format')])
def test_unknown_key_is_warned_of_with_the_nearest_name(started, key, nearest):
    _, _, process = started(f"""
camera:
  ros__parameters: {{source: synthetic, {key}: 5}}
microphone:
  ros__parameters: {{source: synthetic}}
""")
    warnings = unused(process)
    assert len(warnings) == 1
    assert key in warnings[0] and nearest in warnings[0] and '/camera' in warnings[0]


def test_usb_cams_words_start_our_camera(started):
    image, _, process = started("""
camera:
  ros__parameters:
    source: synthetic
    video_device: /dev/video0
    framerate: 30.0
    pixel_format: yuyv
    image_width: 640
    image_height: 480
    frame_id: camera
microphone:
  ros__parameters: {source: synthetic}
""")
    assert image.encoding == published('yuv422_yuy2')
    assert not unused(process)


def test_shipped_file_is_valid_in_every_namespace(av_capture, listener):
    path = os.path.join(get_package_share_directory('av_capture'), 'config', 'av_capture.yaml')
    for namespace in ('/', '/robot1/head'):
        prefix = namespace.rstrip('/')
        # The device's own names are overridden for there is none here.
        process = av_capture(
            '--ros-args', '--params-file', path, '-r', f'__ns:={namespace}',
            '--params-file', path)
        listener.wait_for_nodes([prefix + '/camera', prefix + '/microphone'], process)
        assert not unused(process)
        process.end()
        listener.wait_for_nodes([], None)

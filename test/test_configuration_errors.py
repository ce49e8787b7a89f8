"""What cannot work is refused at start, with status 1 and a text that names it."""

from harness.process import executable
import pytest

FILES = {
    'not YAML': ("""
camera:
  ros__parameters:
    framerate: [30.0
""", ['parameters.yaml']),
    'tab': ('camera:\n\tros__parameters:\n', ['parameters.yaml', 'tab']),
    'no ros__parameters': ('camera:\n  framerate: 30.0\n', ['parameters.yaml', 'ros__parameters']),
    'wrong type': ("""
camera:
  ros__parameters:
    image_width: wide
""", ['parameters.yaml', '/camera', 'image_width', 'integer']),
    'double for an integer': ("""
camera:
  ros__parameters:
    image_width: 640.5
""", ['parameters.yaml', '/camera', 'image_width', 'integer']),
    'negative width': ("""
camera:
  ros__parameters:
    image_width: -640
""", ['parameters.yaml', '/camera', 'image_width', '-640']),
    'height of zero': ("""
camera:
  ros__parameters:
    image_height: 0
""", ['parameters.yaml', '/camera', 'image_height', '0']),
    'rate out of range': ("""
camera:
  ros__parameters:
    framerate: -30.0
""", ['parameters.yaml', '/camera', 'framerate', '-30']),
    'unknown pixel format': ("""
camera:
  ros__parameters:
    pixel_format: bgr9
""", ['parameters.yaml', '/camera', 'pixel_format', 'bgr9', 'bgr8']),
    'unknown source': ("""
microphone:
  ros__parameters:
    source: tape
""", ['parameters.yaml', '/microphone', 'source', 'tape', 'synthetic']),
    'negative block': ("""
microphone:
  ros__parameters:
    block_size: -441
""", ['parameters.yaml', '/microphone', 'block_size', '-441']),
    'no channel': ("""
microphone:
  ros__parameters:
    channels: 0
""", ['parameters.yaml', '/microphone', 'channels', '0']),
    'rate of a string': ("""
microphone:
  ros__parameters:
    sample_rate: "44100"
""", ['parameters.yaml', '/microphone', 'sample_rate', 'integer']),
    'block larger than the FIFO': ("""
microphone:
  ros__parameters:
    block_size: 4410
    fifo_size: 441
""", ['/microphone', 'block_size', 'fifo_size']),
    'unknown window': ("""
microphone:
  ros__parameters:
    spectrum.window: triangle
""", ['parameters.yaml', '/microphone', 'spectrum.window', 'triangle', 'hann']),
}


@pytest.mark.parametrize('case', FILES)
def test_file_is_refused(av_capture, tmp_path, case):
    yaml, words = FILES[case]
    path = tmp_path / 'parameters.yaml'
    path.write_text(yaml)
    process = av_capture('--ros-args', '-p', 'source:=synthetic', '--params-file', path)
    check_refused(process, words)


def check_refused(process, words):
    """Require status 1 and a line that holds all the words."""
    status = process.status()
    assert status == 1, f'status {status}, want 1\n{process.text()}'
    for word in words:
        assert word in ' '.join(process.lines()), f'{word} is not named\n{process.text()}'
    assert len(process.lines()) <= 5, f'too many words\n{process.text()}'


def test_missing_file_is_refused(av_capture, tmp_path):
    path = tmp_path / 'nowhere.yaml'
    check_refused(av_capture('--ros-args', '--params-file', path), [str(path)])


@pytest.mark.parametrize('arguments, words', [
    (['--ros-args', '-p', 'camera:image_width:=wide'], ['image_width', '/camera', 'integer']),
    (['--ros-args', '-p', 'camera:image_width'], ['camera:image_width', ':=']),
    (['--ros-args', '-r', 'no rule'], ['no rule', '-r image_raw:=/eye']),
    (['--ros-args', '-r', 'audio:=/a/'], ['audio:=/a/', '-r image_raw:=/eye']),
    (['--ros-args', '-r', '__ns:=/robot/'], ['"/robot/"', 'must not end with', '-r __ns:=/robot']),
    (['--ros-args', '-r', '__ns:=/' + 'long' * 80], ['/longlong', 'exceed']),
    (['--ros-args', '-r', '~/image_raw:=/' + 'long' * 80], ['image_raw', 'exceed', '-r']),
    (['--nodes', 'camera', '--ros-args', '-p', 'source:=synthetic', '-p', 'pixel_format:=mono16'],
     ['pixel_format', 'mono16', 'bgr8']),
    (['--ros-args', '-p', 'microphone:record_directory:=~root/x'],
     ['record_directory', '~root/x', 'own user']),
    (['--ros-args', '--log-level', 'loud'], ['loud']),
    (['--nodes', 'camera,telephone'], ['telephone', 'camera', 'microphone']),
    (['--nodes', ''], ['--nodes', 'camera', 'microphone']),
    (['--nodse', 'camera'], ['nodse', '--help']),
    (['camera'], ['camera', '--help']),
])
def test_argument_is_refused(av_capture, arguments, words):
    check_refused(av_capture(*arguments), words)


@pytest.mark.parametrize('program', ['av_capture', 'audio_save', 'audio_play', 'av_save', 'av_skew'])
@pytest.mark.parametrize('environment, words', [
    ({'RMW_IMPLEMENTATION': 'rmw_of_nobody'}, ['RMW_IMPLEMENTATION', 'rmw_of_nobody']),
    ({'ROS_DOMAIN_ID': '233'}, ['ROS_DOMAIN_ID', '233']),
    ({'ROS_SECURITY_ENABLE': 'true', 'ROS_SECURITY_STRATEGY': 'Enforce',
      'ROS_SECURITY_KEYSTORE': ''}, ['ROS_SECURITY_ENABLE', 'ROS_SECURITY_KEYSTORE']),
    ({'ROS_SECURITY_ENABLE': 'true', 'ROS_SECURITY_STRATEGY': 'Enforce',
      'ROS_SECURITY_KEYSTORE': '/nowhere'}, ['ROS_SECURITY_ENABLE', '/nowhere']),
])
def test_environment_is_refused(av_capture, tmp_path, program, environment, words):
    arguments = {'audio_save': [tmp_path / 'x.wav'], 'av_save': [tmp_path / 'x.mkv']}.get(program, [])
    check_refused(av_capture(*arguments, environment=environment,
                             command=[executable(program)]), words)


@pytest.mark.parametrize('program', ['av_capture', 'audio_play'])
def test_keys_that_are_not_there_are_refused(av_capture, tmp_path, program):
    (tmp_path / 'enclaves').mkdir()  # rcl looks no further, and the middleware refuses
    check_refused(av_capture(command=[executable(program)], environment={
        'ROS_SECURITY_ENABLE': 'true', 'ROS_SECURITY_STRATEGY': 'Enforce',
        'ROS_SECURITY_KEYSTORE': str(tmp_path)}), ['ROS_SECURITY_ENABLE'])


def test_name_of_a_program_is_refused(av_capture):
    process = av_capture('--ros-args', '-r', '__ns:=/robot/', command=[executable('audio_play')])
    check_refused(process, ['"/robot/"', 'must not end with'])


def test_every_bad_value_is_named_at_once(av_capture, tmp_path):
    path = tmp_path / 'parameters.yaml'
    path.write_text("""
camera:
  ros__parameters: {source: synthetic, image_width: -1, framerate: fast}
""")
    process = av_capture('--nodes', 'camera', '--ros-args', '--params-file', path)
    check_refused(process, ['image_width', 'framerate'])

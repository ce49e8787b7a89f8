"""The launch file: its arguments, and that the executable does what it composes."""

import os
import subprocess
import types

from ament_index_python.packages import get_package_prefix, get_package_share_directory
from harness.launch_recorder import Context, Recording, TimerAction
from harness.process import executable
import pytest
from test_viewers import check_rviz
import yaml

SHARE = get_package_share_directory('av_capture')
SYNTHETIC = '/**: {ros__parameters: {source: synthetic}}'


@pytest.fixture
def launch_file(monkeypatch):
    """Return the installed launch file."""
    return Recording(os.path.join(SHARE, 'launch', 'av_capture.launch.py'), monkeypatch)


@pytest.fixture
def parameters(tmp_path):
    """Return a parameter file that needs no device."""
    path = tmp_path / 'synthetic.yaml'
    path.write_text(SYNTHETIC)
    return str(path)


def test_arguments_are_described_and_have_defaults(launch_file):
    assert {'params_file', 'namespace', 'use_camera', 'use_microphone', 'log_level',
            'rviz', 'record'} <= launch_file.arguments.keys()
    for argument in launch_file.arguments.values():
        assert argument.description
        assert argument.default_value is not None
        assert argument.choices is None or argument.default_value in argument.choices
    assert os.path.isfile(launch_file.arguments['params_file'].default_value)
    assert launch_file.arguments['rviz'].default_value == 'false'


def test_by_default_one_process_without_a_name(launch_file):
    nodes = launch_file.run()
    assert [(node.package, node.executable) for node in nodes] == [('av_capture', 'av_capture')]
    # A name would rename both of the nodes in it.
    assert nodes[0].name is None
    assert nodes[0].output == 'screen'


def test_lifecycle_is_left_to_the_file_or_set_for_all_nodes(launch_file):
    for values, parameters in ({}, []), ({'lifecycle': 'True'}, [{'lifecycle': True}]):
        node, = launch_file.run(**values)
        assert node.parameters[1:] == parameters


@pytest.mark.parametrize('values, names', [
    ({}, ['/camera', '/microphone']),
    ({'namespace': 'robot1'}, ['/robot1/camera', '/robot1/microphone']),
    ({'namespace': '/robot1/head'}, ['/robot1/head/camera', '/robot1/head/microphone']),
    ({'use_microphone': 'false'}, ['/camera']),
    ({'use_camera': 'False'}, ['/microphone']),
    ({'nodes': 'left=camera,microphone,right=camera'}, ['/left', '/microphone', '/right']),
    ({'nodes': 'left=camera,microphone', 'use_microphone': 'false'}, ['/left']),
])
def test_executable_starts_what_was_asked_for(
        launch_file, parameters, av_capture, listener, values, names):
    node, = launch_file.run(params_file=parameters, **values)
    process = av_capture(*node.command_line())
    listener.wait_for_nodes(names, process)
    for name in names:
        topic = '/audio' if name.endswith('microphone') else '/image_raw'
        listener.wait_for_topics([name + topic], process)


@pytest.mark.check
def test_log_level_reaches_the_executable(launch_file, parameters, av_capture, listener):
    node, = launch_file.run(params_file=parameters, log_level='error')
    process = av_capture(*node.command_line())
    listener.wait_for_topics(['/camera/image_raw', '/microphone/audio'], process)
    process.end()
    assert not process.lines('INFO|WARN')


def test_nothing_to_start_is_an_error(launch_file):
    with pytest.raises(RuntimeError, match=r'use_camera.*use_microphone'):
        launch_file.run(use_camera='false', use_microphone='false')
    with pytest.raises(RuntimeError, match=r'left=camera.*use_camera'):
        launch_file.run(nodes='left=camera', use_camera='false')


def test_unknown_kind_is_left_to_the_executable(launch_file, av_capture):
    node, = launch_file.run(nodes='left=telescope', use_camera='false')
    process = av_capture(*node.command_line())
    assert process.status() == 1 and 'telescope' in process.text()


def test_missing_parameter_file_is_an_error(launch_file):
    # launch_ros only warns, and the nodes would start with their defaults.
    with pytest.raises(RuntimeError, match=r'nowhere\.yaml'):
        launch_file.run(params_file='/nowhere.yaml')


@pytest.mark.parametrize('status', [2, -11])
def test_fault_is_answered_by_the_same_command_again(launch_file, status):
    node, = launch_file.run()
    command = ['av_capture', '--nodes', 'camera']
    ended = types.SimpleNamespace(returncode=status, cmd=command, cwd=None, env=None)
    again, = [action for action in node.on_exit(ended, Context({}))
              if isinstance(action, TimerAction)]
    assert again.period > 0
    process, = again.actions
    assert process.cmd == command
    # And so after the next fault.
    assert process.on_exit(ended, Context({}))


@pytest.mark.parametrize('status', [0, 1, 3])
def test_ends_that_were_asked_for_and_configuration_errors_are_final(launch_file, status):
    node, = launch_file.run()
    ended = types.SimpleNamespace(returncode=status, cmd=[], cwd=None, env=None)
    assert not node.on_exit(ended, Context({}))


def test_nothing_starts_again_while_launch_ends(launch_file):
    node, = launch_file.run()
    ended = types.SimpleNamespace(returncode=2, cmd=[], cwd=None, env=None)
    context = Context({})
    context.is_shutdown = True
    assert not node.on_exit(ended, context)


def test_respawn_can_be_off(launch_file):
    node, = launch_file.run(respawn='false')
    assert node.on_exit is None


def test_film_has_the_topics_of_the_nodes(launch_file, parameters, av_capture, tmp_path,
                                          monkeypatch):
    monkeypatch.chdir(tmp_path)
    recorder, nodes = launch_file.run(
        record='film.mkv', params_file=parameters, namespace='robot1',
        nodes='left=camera,ear=microphone')
    assert recorder.package == 'av_capture'
    saving = av_capture(*recorder.command_line(), command=[executable(recorder.executable)])
    av_capture(*nodes.command_line())
    saving.wait_for_line(r' s, .* [1-9]\d* images')
    saving.end()
    # A signal while it completes the film would end it by force.
    assert float(recorder.sigterm_timeout) >= 30
    titles = subprocess.run(
        ['ffprobe', '-v', 'error', '-show_entries', 'stream_tags=title', '-of', 'csv=p=0',
         str(tmp_path / 'film.mkv')], check=True, capture_output=True, text=True).stdout
    assert titles.split() == ['robot1/left', 'robot1/ear']
    # A film is not overwritten, and nothing starts without one.
    with pytest.raises(RuntimeError, match=r'record: .*film\.mkv'):
        launch_file.run(record='film.mkv')
    (tmp_path / 'other_part2.mkv').touch()
    with pytest.raises(RuntimeError, match=r'record: .*other_part2\.mkv'):
        launch_file.run(record='other.mkv')


@pytest.fixture
def rviz2(tmp_path, monkeypatch):
    """Have the index of packages know rviz2, which need not be installed."""
    index = tmp_path / 'prefix/share/ament_index/resource_index/packages'
    index.mkdir(parents=True)
    (index / 'rviz2').touch()
    monkeypatch.setenv('AMENT_PREFIX_PATH',
                       f'{tmp_path}/prefix:{os.environ["AMENT_PREFIX_PATH"]}')


def rviz_config(rviz):
    """Return the configuration that rviz2 starts with."""
    path = rviz.arguments[rviz.arguments.index('-d') + 1]
    with open(path) as file:
        return yaml.safe_load(file)


@pytest.mark.parametrize('nodes, namespace, want', [
    ('camera,microphone', 'robot1', {
        'Image': 'camera/image_raw', 'Image spectrum': 'camera/spectrum',
        'Planes': 'camera/planes', 'Spectrogram': 'microphone/spectrogram'}),
    ('left=camera,right=camera,ear=microphone', '', {
        'left: Image': 'left/image_raw', 'left: Image spectrum': 'left/spectrum',
        'left: Planes': 'left/planes', 'right: Image': 'right/image_raw',
        'right: Image spectrum': 'right/spectrum', 'right: Planes': 'right/planes',
        'Spectrogram': 'ear/spectrogram'})])
def test_rviz_shows_topics_that_are_published(launch_file, parameters, av_capture, listener, rviz2,
                                              nodes, namespace, want):
    # rviz2 comes first: where it cannot be started, nothing is left running.
    rviz, capture = launch_file.run(
        rviz='true', params_file=parameters, namespace=namespace, nodes=nodes)
    assert (rviz.package, rviz.executable) == ('rviz2', 'rviz2')
    assert rviz.namespace.perform(Context({'namespace': namespace})) == namespace
    config = rviz_config(rviz)
    check_rviz(config)
    # The file names absolute topics: each needs a remap to be found in a namespace.
    remaps = dict(rviz.remappings)
    assert {display['Name']: remaps[display['Topic']['Value']]
            for display in config['Visualization Manager']['Displays']} == want
    process = av_capture(*capture.command_line())
    prefix = f'/{namespace}/' if namespace else '/'
    listener.wait_for_topics([prefix + topic for topic in want.values()], process)


@pytest.mark.parametrize('nodes, without, kept', [
    ('camera,microphone', 'microphone', 3), ('a=microphone,b=microphone,camera', 'camera', 2)])
def test_rviz_shows_the_nodes_that_there_are(launch_file, rviz2, nodes, without, kept):
    rviz, _ = launch_file.run(rviz='true', nodes=nodes, **{'use_' + without: 'false'})
    config = rviz_config(rviz)
    check_rviz(config)
    assert len(config['Visualization Manager']['Displays']) == len(rviz.remappings) == kept


def test_missing_rviz_is_an_error_before_anything_starts(launch_file, monkeypatch):
    monkeypatch.setenv('AMENT_PREFIX_PATH', get_package_prefix('av_capture'))
    monkeypatch.setenv('ROS_DISTRO', 'jazzy')
    with pytest.raises(RuntimeError, match='sudo apt install ros-jazzy-rviz2'):
        launch_file.run(rviz='true')

"""The files in config/ for rviz2, Foxglove and Lichtblick fit the published topics."""

import importlib
import json
from pathlib import Path
import re

from ament_index_python.packages import get_package_share_directory
from harness.deadline import until
import pytest
import yaml

CONFIG = Path(get_package_share_directory('av_capture'), 'config')
IMAGE = 'sensor_msgs/msg/Image'
# Messages of images that Foxglove's panel shows too.
IMAGES = {'video': 'foxglove_msgs/msg/CompressedVideo',
          'compressed': 'sensor_msgs/msg/CompressedImage'}
DIAGNOSTICS = 'diagnostic_msgs/msg/DiagnosticArray'

# Classes of rviz2, by where they stand in a configuration; displays with what they show.
DISPLAYS = {'rviz_default_plugins/Image': IMAGE}
CLASSES = {
    'Panels': {'rviz_common/Displays'},
    'Tools': {'rviz_default_plugins/MoveCamera'},
    'Transformation': {'rviz_common/Identity'},
    'Views': {'rviz_default_plugins/Orbit'},
}


@pytest.fixture
def published(av_capture, listener):
    """Return a function that returns the types of the executable's topics, by name."""
    process = av_capture('--ros-args', '-p', 'camera:source:=synthetic',
                         '-p', 'microphone:source:=synthetic')

    def types(names):
        def found():
            topics = dict(listener.node.get_topic_names_and_types())
            return topics if set(names) <= topics.keys() else None
        return until(found, f'the topics {sorted(names)}', process)
    return types


def rviz():
    """Return the configuration of rviz2."""
    return yaml.safe_load((CONFIG / 'av_capture.rviz').read_text())


def test_rviz_displays_show_topics_of_their_type(published):
    displays = rviz()['Visualization Manager']['Displays']
    wanted = {display['Topic']['Value']: DISPLAYS[display['Class']] for display in displays}
    assert len(wanted) == len(displays) == 4
    types = published(wanted)
    assert {name: types[name] for name in wanted} == {
        name: [kind] for name, kind in wanted.items()}


def test_the_guide_remaps_all_topics_of_a_camera_in_rviz():
    displays = rviz()['Visualization Manager']['Displays']
    topics = {display['Topic']['Value'] for display in displays}
    guide = Path(__file__).parents[1].joinpath('doc', 'viewers.md').read_text()
    remaps = re.findall(r'-r /camera/(\w+):=/left/(\w+)', guide)
    assert {f'/camera/{old}' for old, new in remaps if old == new} == {
        topic for topic in topics if topic.startswith('/camera/')}


def check_rviz(config):
    """Fail unless rviz2 knows the classes of a configuration, and its window all displays."""
    manager = config['Visualization Manager']
    assert {panel['Class'] for panel in config['Panels']} == CLASSES['Panels']
    assert {tool['Class'] for tool in manager['Tools']} == CLASSES['Tools']
    assert {manager['Transformation']['Current']['Class']} == CLASSES['Transformation']
    assert {manager['Views']['Current']['Class']} == CLASSES['Views']
    # Qt finds docks by their names, UTF-16 after the length in bytes; a byte after it says
    # whether it is shown.
    names = {'Displays': True} | {
        display['Name']: display['Enabled'] for display in manager['Displays']}
    state = bytes.fromhex(config['Window Geometry']['QMainWindow State'])
    for name, enabled in names.items():
        text = name.encode('utf-16-be')
        at = state.index(len(text).to_bytes(4, 'big') + text) + 4 + len(text)
        assert bool(state[at] & 1) == enabled, name
        assert name in config['Window Geometry']
    tree = config['Panels'][0]['Property Tree Widget']['Expanded']
    assert tree == [f'/{display["Name"]}1' for display in manager['Displays']]


def test_rviz_knows_the_classes_and_its_window_all_displays():
    check_rviz(rviz())


def layout():
    """Return the layout of Foxglove and Lichtblick."""
    return json.loads((CONFIG / 'av_capture.foxglove.json').read_text())


def panels(tree):
    """Return the panels of a tree of splits, from first to last."""
    if isinstance(tree, str):
        return [tree]
    assert tree.keys() == {'direction', 'splitPercentage', 'first', 'second'}
    assert tree['direction'] in ('row', 'column') and 0 < tree['splitPercentage'] < 100
    return panels(tree['first']) + panels(tree['second'])


def test_foxglove_layout_has_each_of_its_panels_once():
    content = layout()
    assert {'configById', 'globalVariables', 'userNodes', 'playbackConfig',
            'layout'} == content.keys()
    placed = panels(content['layout'])
    for panel in list(placed):
        if panel.startswith('Tab!'):
            tabs = content['configById'][panel]['tabs']
            assert 0 <= content['configById'][panel]['activeTabIdx'] < len(tabs)
            placed += [inner for tab in tabs for inner in panels(tab['layout'])]
    assert sorted(placed) == sorted(content['configById'])


def field_type(kind, name):
    """Return the type of a field of a message type, as in sequence<float>."""
    package, _, message = kind.split('/')
    module = importlib.import_module(f'{package}.msg')
    return getattr(module, message).get_fields_and_field_types()[name]


def test_foxglove_panels_show_topics_of_their_type(published):
    wanted, arrays = {}, []
    for panel, config in layout()['configById'].items():
        kind = panel.split('!')[0]
        if kind == 'Image':
            topic = config['imageMode']['imageTopic']
            wanted[topic] = IMAGES.get(topic.rpartition('/')[2], IMAGE)
            if 'calibrationTopic' in config['imageMode']:
                wanted[config['imageMode']['calibrationTopic']] = 'sensor_msgs/msg/CameraInfo'
        elif kind == 'DiagnosticSummary':
            wanted[config['topicToRender']] = DIAGNOSTICS
        elif kind == 'Plot':
            arrays += [path['value'] for path in [*config['paths'], config['xAxisPath']]]
        else:
            assert kind == 'Tab'
    parts = [re.fullmatch(r'(/[\w/]+)\.(\w+)\[:\]', array).groups() for array in arrays]
    wanted |= dict.fromkeys([topic for topic, _ in parts], 'av_capture/msg/Spectrum')
    assert len(wanted) == 9
    types = published(wanted)
    assert {name: types[name] for name in wanted} == {
        name: [kind] for name, kind in wanted.items()}
    assert {field_type(wanted[topic], field) for topic, field in parts} == {'sequence<float>'}

"""Names, types and hidden entities in the graph are as of any other node."""

import os

from ament_index_python.packages import get_package_share_directory
from harness.deadline import until
from harness.lifecycle import Lifecycle
from harness.parameters import arguments
from harness.policy import Policy
from harness.process import executable
from harness.service import Service
import pytest
from rcl_interfaces.srv import GetParameters
import rclpy
from sensor_msgs.msg import Image
from type_description_interfaces.srv import GetTypeDescription

SYNTHETIC = ['--ros-args', '-p', 'source:=synthetic', '--']
TYPES = {
    '/camera/image_raw': 'sensor_msgs/msg/Image',
    '/microphone/audio': 'av_capture/msg/AudioData',
    '/microphone/spectrum': 'av_capture/msg/Spectrum',
    '/diagnostics': 'diagnostic_msgs/msg/DiagnosticArray',
}
POLICY = Policy(os.path.join(
    get_package_share_directory('av_capture'), 'config', 'av_capture.policy.xml'))


def message_class(type_name):
    """Return rclpy's class of a type."""
    package, _, name = type_name.split('/')
    return getattr(__import__(package + '.msg', fromlist=[name]), name)


def endpoint(listener, topic, node, process):
    """Return the publisher of a node on a topic."""
    def find():
        return [info for info in listener.node.get_publishers_info_by_topic(topic)
                if info.node_name == node]
    found, = until(find, f'the publisher of {node} on {topic}', process)
    return found


@pytest.fixture
def reference(listener):
    """Return publishers of rclpy with our types, by topic."""
    return {topic: listener.node.create_publisher(message_class(name), '/reference' + topic, 1)
            for topic, name in TYPES.items()}


@pytest.mark.parametrize('topic', TYPES)
def test_type_name_and_hash_are_those_of_rclpy(av_capture, listener, reference, topic):
    process = av_capture(*SYNTHETIC)
    node = 'camera' if topic in ('/camera/image_raw', '/diagnostics') else 'microphone'
    ours = endpoint(listener, topic, node, process)
    theirs = endpoint(listener, '/reference' + topic, 'listener', process)
    assert ours.topic_type == theirs.topic_type == TYPES[topic]
    assert str(ours.topic_type_hash) == str(theirs.topic_type_hash)
    assert ours.node_namespace == '/'


def descriptions(listener, node, process, **fields):
    """Return the responses of a node of ours and of one of rclpy's to the same request."""
    return [Service(listener, GetTypeDescription, f'/{name}/get_type_description', process)
            .call(**fields) for name in (node, 'listener')]


@pytest.mark.parametrize('topic', TYPES)
def test_get_type_description_answers_as_rclpy_does(av_capture, listener, reference, topic):
    process = av_capture(*SYNTHETIC)
    node = 'camera' if topic in ('/camera/image_raw', '/diagnostics') else 'microphone'
    ours, theirs = descriptions(
        listener, node, process, type_name=TYPES[topic], include_type_sources=True,
        type_hash=str(endpoint(listener, topic, node, process).topic_type_hash))
    assert ours.successful, ours.failure_reason
    assert ours.type_description.type_description.type_name == TYPES[topic]
    assert ours == theirs


@pytest.mark.parametrize('type_hash', ['', 'nonsense', 'RIHS01_' + 64 * '0'])
def test_unknown_type_is_refused_as_by_rclpy(av_capture, listener, type_hash):
    process = av_capture('--nodes', 'camera', *SYNTHETIC)
    ours, theirs = descriptions(
        listener, 'camera', process, type_name='no_msgs/msg/Such', type_hash=type_hash)
    assert not ours.successful
    assert ours.failure_reason == theirs.failure_reason


def test_type_description_service_can_be_left_out(av_capture, listener):
    process = av_capture(
        *SYNTHETIC, *arguments('camera', {'start_type_description_service': False}))
    until(lambda: '/microphone/get_type_description' in services(listener, 'microphone'),
          'the service of the microphone', process)
    until(lambda: '/camera/get_parameters' in services(listener, 'camera'),
          'the other services of the camera', process)
    assert '/camera/get_type_description' not in services(listener, 'camera')


def services(listener, node, namespace='/'):
    """Return the services of a node with their types."""
    try:
        return dict(listener.node.get_service_names_and_types_by_node(node, namespace))
    except rclpy._rclpy_pybind11.NodeNameNonExistentError:
        return {}


# The nodes' own services; every node has further ones.
OWN_SERVICES = {
    'camera': {
        'set_camera_info': ['sensor_msgs/srv/SetCameraInfo'],
        'set_capture': ['std_srvs/srv/SetBool'],
    },
    'microphone': {
        'save_snippet': ['std_srvs/srv/Trigger'],
        'set_capture': ['std_srvs/srv/SetBool'],
        'set_recording': ['std_srvs/srv/SetBool'],
    },
}


@pytest.mark.parametrize('node', ['camera', 'microphone'])
def test_services_are_those_of_an_rclpy_node_and_our_own(av_capture, listener, node):
    process = av_capture(*SYNTHETIC)

    def relative(name):
        return {service.removeprefix(f'/{name}/'): types
                for service, types in services(listener, name).items()}
    expected = relative('listener')
    assert expected
    expected |= OWN_SERVICES[node]
    until(lambda: relative(node) == expected, f'the services {sorted(expected)}', process)


@pytest.mark.check
def test_publishers_of_a_node_are_known_with_their_types(av_capture, listener):
    process = av_capture(*SYNTHETIC)

    def published():
        try:
            return dict(listener.node.get_publisher_names_and_types_by_node('camera', '/'))
        except rclpy._rclpy_pybind11.NodeNameNonExistentError:
            return {}
    assert until(lambda: len(published()) >= 10 and published(), 'the publishers', process) == {
        '/camera/camera_info': ['sensor_msgs/msg/CameraInfo'],
        '/camera/image_raw': ['sensor_msgs/msg/Image'],
        '/camera/image_raw/compressed': ['sensor_msgs/msg/CompressedImage'],
        '/camera/image_raw/ffmpeg': ['ffmpeg_image_transport_msgs/msg/FFMPEGPacket'],
        '/camera/planes': ['sensor_msgs/msg/Image'],
        '/camera/spectrum': ['sensor_msgs/msg/Image'],
        '/camera/video': ['foxglove_msgs/msg/CompressedVideo'],
        '/diagnostics': ['diagnostic_msgs/msg/DiagnosticArray'],
        '/parameter_events': ['rcl_interfaces/msg/ParameterEvent'],
        '/rosout': ['rcl_interfaces/msg/Log'],
    }


def test_service_is_remapped(av_capture, listener):
    process = av_capture(
        *SYNTHETIC, '--ros-args', '-r', 'camera:~/get_parameters:=/eye/get')
    response = Service(listener, GetParameters, '/eye/get', process).call(names=['source'])
    assert response.values[0].string_value == 'synthetic'
    assert '/camera/get_parameters' not in services(listener, 'camera')


def test_namespace_of_one_node(av_capture, listener):
    process = av_capture(*SYNTHETIC, '--ros-args', '-r', 'camera:__ns:=/front')
    listener.wait_for_nodes(['/front/camera', '/microphone'], process)
    listener.wait_for_topics(['/front/camera/image_raw', '/microphone/audio'], process)
    assert until(lambda: services(listener, 'camera', '/front'), 'its services', process)


def test_diagnostics_are_remapped(av_capture, listener):
    process = av_capture(*SYNTHETIC, '--ros-args', '-r', '/diagnostics:=/robot/diagnostics')
    until(lambda: listener.node.count_publishers('/robot/diagnostics') == 2,
          'both publishers of diagnostics', process)
    assert listener.node.count_publishers('/diagnostics') == 0


def test_names_with_an_underscore_are_hidden(av_capture, listener):
    # A convention of names: tools leave out what has a part that starts with one.
    process = av_capture(
        '--nodes', 'camera', *SYNTHETIC, '--ros-args', '-r', '__node:=_camera',
        '-r', '~/image_raw:=_image')
    inbox = listener.subscribe(Image, '/_image', depth=5)
    inbox.wait(1, process)
    until(lambda: ('_camera', '/') in listener.node.get_node_names_and_namespaces(),
          'the hidden node', process)


def names(listener, node):
    """Return a node's endpoints in the graph, in the words of the policy."""
    graph = {
        'publish': listener.node.get_publisher_names_and_types_by_node,
        'subscribe': listener.node.get_subscriber_names_and_types_by_node,
        'reply': listener.node.get_service_names_and_types_by_node,
        'request': listener.node.get_client_names_and_types_by_node,
    }
    try:
        return {action: sorted(dict(list_them(node, '/'))) for action, list_them in graph.items()}
    except rclpy._rclpy_pybind11.NodeNameNonExistentError:
        return {}


def check_policy(listener, program, node):
    """Fail unless the policy allows a node of a program what it has now, and nothing else."""
    assert names(listener, node) == {
        action: POLICY.allowed('/av_capture/' + program, action, node)
        for action in ('publish', 'subscribe', 'reply', 'request')}


def test_policy_allows_what_the_nodes_have_and_nothing_else(av_capture, listener):
    # One node more, made last: a process that sees all of it sees all of the others too.
    # Managed nodes have what all others have, once they are configured, and more.
    process = av_capture('--nodes', 'camera,microphone,last=camera',
                         *SYNTHETIC[:-1], '-p', 'lifecycle:=true',
                         '-p', 'microphone:audio_outputs:=[audio_common,foxglove]', '--')
    for node, like in ('camera', 'camera'), ('microphone', 'microphone'), ('last', 'camera'):
        assert Lifecycle(listener, f'/{node}', process).change('configure'), process.text()
        for action in 'publish', 'reply':
            expected = {name.replace(f'/{like}/', f'/{node}/')
                        for name in POLICY.allowed('/av_capture/av_capture', action, like)}
            until(lambda: expected <= set(names(listener, node).get(action, ())),
                  f'{node}, allowed to {action} {sorted(expected)}', process)
    check_policy(listener, 'av_capture', 'camera')
    check_policy(listener, 'av_capture', 'microphone')


@pytest.mark.parametrize('program, arguments', [
    ('audio_play', []), ('audio_save', ['sound.wav']), ('av_skew', []),
    ('av_save', ['film.mkv', '--sound', 'microphone/audio', '--image', 'camera/image_raw',
                 '--image', 'camera/image_raw/compressed'])])
def test_policy_of_the_programs_that_listen(
        av_capture, listener, tmp_path, monkeypatch, program, arguments):
    monkeypatch.chdir(tmp_path)
    process = av_capture(*arguments, command=[executable(program)])
    # Subscriptions are made last.
    wanted = len(POLICY.allowed('/av_capture/' + program, 'subscribe', program))
    until(lambda: len(names(listener, program).get('subscribe', ())) >= wanted,
          'its subscriptions', process)
    check_policy(listener, program, program)
    process.kill()  # they would tell that nothing has come


def test_policy_of_those_who_look_and_operate(listener):
    published, served = ([name for node in ('camera', 'microphone')
                          for name in POLICY.allowed('/av_capture/av_capture', action, node)]
                         for action in ('publish', 'reply'))
    requests = {'viewer': [], 'operator': sorted(served)}
    for node, request in requests.items():
        assert POLICY.allowed('/av_capture/' + node, 'subscribe') == sorted({*published})
        assert POLICY.allowed('/av_capture/' + node, 'request') == request
        # The endpoints of any node of rclpy.
        for action in ('publish', 'reply'):
            own = [name.replace('/listener/', f'/{node}/')
                   for name in names(listener, 'listener')[action]]
            assert POLICY.allowed('/av_capture/' + node, action) == own

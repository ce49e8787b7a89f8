"""With lifecycle true both nodes are managed ones, by the services that managers call."""

import contextlib
import itertools
import os
import signal
import time

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from harness import video
from harness.deadline import until
from harness.diagnostics import wait_for_text
from harness.lifecycle import Lifecycle, SERVICES
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import arguments, camera, microphone
from harness.set_capture import SetCapture
from lifecycle_msgs.msg import Transition
from rclpy.lifecycle import LifecycleNode
from sensor_msgs.msg import Image

CONFIGURE = Transition.TRANSITION_CONFIGURE
CLEANUP = Transition.TRANSITION_CLEANUP
ACTIVATE = Transition.TRANSITION_ACTIVATE
DEACTIVATE = Transition.TRANSITION_DEACTIVATE
SHUTDOWN = {
    'unconfigured': Transition.TRANSITION_UNCONFIGURED_SHUTDOWN,
    'inactive': Transition.TRANSITION_INACTIVE_SHUTDOWN,
    'active': Transition.TRANSITION_ACTIVE_SHUTDOWN,
}


@contextlib.contextmanager
def lifecycle_node(listener):
    """Return the name of a managed node of rclpy."""
    node = LifecycleNode('reference', context=listener.node.context)
    with listener.spinning(node):
        yield '/reference'
    node.destroy_node()


def test_a_manager_brings_both_nodes_up_and_down(av_capture, listener):
    images = listener.subscribe(Image, '/camera/image_raw')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(
        *arguments('camera', {'source': 'synthetic', 'lifecycle': True,
                              'image_width': 320, 'image_height': 240}),
        *arguments('microphone', {'source': 'synthetic', 'lifecycle': True}))
    nodes = [Lifecycle(listener, name, process) for name in ('/camera', '/microphone')]
    of_camera = SetCapture(listener, '/camera', process)

    def all_change(transition, state, order=1):
        for node in nodes[::order]:
            assert node.change(transition), process.text()
            assert node.state() == state

    def published(topic):
        return bool(listener.node.count_publishers(topic))

    wait_for_text(diagnostics, process, 'camera: capture', DiagnosticStatus.OK, 'unconfigured')
    assert not published('/camera/image_raw') and not published('/microphone/audio')
    # What is set while the node is not active applies once it is.
    ParameterClient(listener, '/camera', process).change(image_width=160)
    quiet = []  # times of begin and end while nothing may be captured [ns]
    begin = 0
    for _ in range(2):
        all_change(CONFIGURE, 'inactive')
        listener.wait_for_topics(['/camera/image_raw', '/microphone/audio'], process)
        refused = of_camera.ask(True)
        assert not refused.success and 'change_state' in refused.message
        counts = len(images.so_far()), len(sound.so_far())
        quiet.append((begin, time.time_ns()))
        all_change(ACTIVATE, 'active')
        images.wait(counts[0] + 5, process)
        sound.wait(counts[1] + 50, process)
        if begin == 0:
            wait_for_text(diagnostics, process, 'camera: capture',
                          DiagnosticStatus.OK, 'capturing')
        all_change(DEACTIVATE, 'inactive', -1)
        begin = time.time_ns()
        all_change(CLEANUP, 'unconfigured', -1)
        until(lambda: not published('/camera/image_raw') and not published('/microphone/audio'),
              'the end of the topics', process)
    all_change(SHUTDOWN['unconfigured'], 'finalized', -1)
    wait_for_text(diagnostics, process, 'microphone: capture', DiagnosticStatus.OK, 'finalized')
    for message in images.so_far() + sound.so_far():
        stamp = nanoseconds(message.header.stamp)
        assert stamp < begin and not any(first < stamp < last for first, last in quiet)
    assert {image.width for image in images.so_far()} == {160}
    # Sound that went by while the node was not active is not lost.
    around, = [(before, block) for before, block in itertools.pairwise(sound.so_far())
               if nanoseconds(before.header.stamp) < quiet[1][0] < nanoseconds(block.header.stamp)]
    assert around[0].lost_frames == around[1].lost_frames
    assert around[0].epoch < around[1].epoch
    for node in nodes:
        assert node.passed(18) == 2 * [
            'configuring', 'inactive', 'activating', 'active', 'deactivating', 'inactive',
            'cleaningup', 'unconfigured'] + ['shuttingdown', 'finalized']
    assert not process.lines('ERROR|could not be'), process.text()


def test_states_and_transitions_are_those_of_an_rclpy_node(av_capture, listener):
    # Each camera is shut down in the state of its name, and the last one is not managed.
    process = av_capture(
        '--nodes', ','.join(f'{name}=camera' for name in [*SHUTDOWN, 'plain']),
        '--ros-args', '-p', 'source:=synthetic', '-p', 'lifecycle:=true',
        '-p', 'plain:lifecycle:=false', '--')
    way = {'unconfigured': [], 'inactive': ['configure'], 'active': ['configure', ACTIVATE]}
    possible = {'unconfigured': {CONFIGURE}, 'inactive': {CLEANUP, ACTIVATE},
                'active': {DEACTIVATE}}
    for name, shutdown in SHUTDOWN.items():
        with lifecycle_node(listener) as reference:
            ours = Lifecycle(listener, f'/{name}', process)
            theirs = Lifecycle(listener, reference)
            assert ours.answers() == theirs.answers()
            for transition in [*way[name], shutdown if name != 'inactive' else 'shutdown']:
                if transition in (shutdown, 'shutdown'):
                    # rclpy's node ends itself on those that are not possible.
                    for other in {CONFIGURE, CLEANUP, ACTIVATE, DEACTIVATE} - possible[name]:
                        assert not ours.change(other)
                    for nonsense in (0, 10, 200, 'transition_success', 'no such'):
                        assert not ours.change(nonsense)
                    assert ours.state() == name
                assert ours.change(transition) and theirs.change(transition)
                assert ours.answers() == theirs.answers()
            assert not ours.change(CONFIGURE)
            assert ours.passed(2 + 2 * len(way[name])) == theirs.passed(2 + 2 * len(way[name]))
        process.wait_for_line(
            f'WARN.*{name}.*there is no transition "no such" from {name}, but .*shutdown')
    listener.wait_for_topics(['/plain/image_raw'], process)
    names = {name for name, _ in [*listener.node.get_service_names_and_types(),
                                  *listener.node.get_topic_names_and_types()]}
    assert {'/plain/set_capture', '/active/transition_event'} <= names
    assert not names & {f'/plain/{name}' for name in [*SERVICES, 'transition_event']}


def test_device_that_is_missing_fails_the_transition(av_capture, listener, tmp_path):
    path = tmp_path / 'known.mkv'
    images = listener.subscribe(Image, '/camera/image_raw')
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*camera(source='file', video_device=path, loop=True, lifecycle=True))
    node = Lifecycle(listener, '/camera', process)
    assert not node.change(CONFIGURE)
    assert node.state() == 'unconfigured'
    process.wait_for_line('ERROR.*configure failed, the node is unconfigured: .*known.mkv')
    wait_for_text(diagnostics, process, 'camera: capture',
                  DiagnosticStatus.ERROR, 'since configure failed')
    video.write(path, 320, 240, 25.0, 5)
    assert node.change(CONFIGURE)
    path.rename(tmp_path / 'away.mkv')
    assert not node.change(ACTIVATE)
    assert node.state() == 'inactive'
    process.wait_for_line('ERROR.*activate failed, the node is inactive: .*known.mkv')
    assert not process.lines('trying again'), process.text()
    (tmp_path / 'away.mkv').rename(path)
    assert node.change(ACTIVATE)
    images.wait(5, process)
    wait_for_text(diagnostics, process, 'camera: capture', DiagnosticStatus.OK, 'capturing')


def test_microphone_that_is_lost_or_hangs(av_capture, listener, pulse):
    pulse.add_null_sink('mic')
    sound = listener.subscribe(AudioData, '/microphone/audio')
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(
        *microphone(lifecycle=True, backend='pulseaudio', reconnect_interval=0.2),
        environment=pulse.environment)
    node = Lifecycle(listener, '/microphone', process)
    parameters = ParameterClient(listener, '/microphone', process)
    assert node.change(CONFIGURE), process.text()
    until(lambda: not pulse.recordings(), 'the end of the look at the device', process)
    assert node.change(ACTIVATE), process.text()
    sound.wait(10, process)
    # Lost while the node is active, it is tried again and again, and the node stays active.
    pulse.kill()
    wait_for_text(diagnostics, process, 'microphone: capture',
                  DiagnosticStatus.ERROR, 'trying again')
    assert node.state() == 'active'
    pulse.start()
    sound.wait(len(sound.so_far()) + 10, process)
    assert node.change(DEACTIVATE)
    until(lambda: not pulse.recordings(), 'the end of the recording stream', process)
    # While a transition waits for it, the other services answer.
    os.kill(pulse.pid, signal.SIGSTOP)
    try:
        activated = node.start(ACTIVATE)
        until(lambda: node.state() == 'activating', 'the transition', process)
        wait_for_text(diagnostics, process, 'microphone: capture',
                      DiagnosticStatus.OK, 'activating: ')
        assert parameters.get('sample_rate') == {'sample_rate': 44100}
    finally:
        os.kill(pulse.pid, signal.SIGCONT)
    # It succeeds, unless the machine is so slow that its time was over.
    if not activated():
        process.wait_for_line('activate failed.*not opened in time')
        until(lambda: node.change(ACTIVATE), 'the next try', process)
    assert node.state() == 'active'

"""Parameters act to clients as those of a real rclpy node, and reach the running source."""

import time

from av_capture.msg import AudioData, Spectrum
from harness import tone, video
from harness.deadline import until
from harness.image import pixels, published
from harness.listener import Inbox, nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import arguments, camera, microphone
from harness.pattern import frame_number, Pattern
from harness.sound import check_continuous
import numpy as np
import pytest
from rcl_interfaces.msg import (
    Parameter, ParameterDescriptor, ParameterEvent, ParameterType, ParameterValue)
from rclpy.parameter import Parameter as RclpyParameter, parameter_value_to_python
from rclpy.qos import DurabilityPolicy, QoSProfile
from sensor_msgs.msg import Image

SYNTHETIC = ['--ros-args', '-p', 'source:=synthetic', '--']

# The parameters that nodes of rclcpp declare beside their author's, in its words.
OF_RCLCPP = {
    'use_sim_time': (False, False),
    'start_type_description_service': (True, True),
    'qos_overrides./parameter_events.publisher.durability': ('volatile', True),
    'qos_overrides./parameter_events.publisher.history': ('keep_last', True),
    'qos_overrides./parameter_events.publisher.depth': (1000, True),
    'qos_overrides./parameter_events.publisher.reliability': ('reliable', True),
}


def declare_like(client, node):
    """Declare on an rclpy node what a client finds on ours."""
    for name, descriptor in client.describe().items():
        if node.has_parameter(name):  # rclpy's own
            continue
        value = client.get(name)[name]
        kind = RclpyParameter.Type(descriptor.type)
        ours = ParameterDescriptor(
            type=descriptor.type, description=descriptor.description,
            additional_constraints=descriptor.additional_constraints,
            read_only=descriptor.read_only,
            integer_range=descriptor.integer_range,
            floating_point_range=descriptor.floating_point_range)
        # rclpy takes the type from the value, and an empty list has none.
        if value == []:
            node.declare_parameter(name, kind)
            node.set_parameters([RclpyParameter(name, kind, [])])
            node.set_descriptor(name, ours)
        else:
            node.declare_parameter(name, value, ours)


@pytest.fixture(params=['/camera', '/microphone'])
def both(request, av_capture, listener):
    """Return clients of our node and of an rclpy node that has declared the same."""
    process = av_capture(*SYNTHETIC)
    ours = ParameterClient(listener, request.param, process)
    declare_like(ours, listener.node)
    return ours, ParameterClient(listener, '/listener')


@pytest.mark.parametrize('node', ['/camera', '/microphone'])
@pytest.mark.parametrize('kind', [
    RclpyParameter.Type.BYTE_ARRAY, RclpyParameter.Type.BOOL_ARRAY,
    RclpyParameter.Type.STRING_ARRAY])
def test_what_was_dumped_can_be_loaded(av_capture, listener, node, kind):
    client = ParameterClient(listener, node, av_capture(*SYNTHETIC))
    dumped = client.all()
    # `ros2 param load` does not know the type of an empty list.
    changes = [RclpyParameter(name, kind, []) if value == [] else RclpyParameter(name, value=value)
               for name, value in dumped.items()]
    assert [] in dumped.values()
    results = client.call('set_parameters', parameters=[
        change.to_parameter_msg() for change in changes]).results
    refused = {change.name: result.reason for change, result in zip(changes, results)
               if not result.successful}
    read_only = {name for name, about in client.describe().items() if about.read_only}
    assert refused.keys() == read_only
    assert {reason.split(': ', 1)[1] for reason in refused.values()} == {
        'read-only: it can be given at start only'}
    assert client.all() == dumped


def test_list_is_rclpys(both):
    ours, rclpys = both
    for prefixes in [], ['spectrum'], ['qos_overrides'], ['frame_id', 'spectrum'], \
            ['qos_overrides./parameter_events'], ['spect'], ['spectrum.'], [''], ['none']:
        for depth in 0, 1, 2, 3, 4, 100, 2**64 - 1:
            got = ours.call('list_parameters', prefixes=prefixes, depth=depth).result
            want = rclpys.call('list_parameters', prefixes=prefixes, depth=depth).result
            assert got.names == sorted(want.names), (prefixes, depth)
            assert sorted(got.prefixes) == sorted(want.prefixes), (prefixes, depth)


def test_values_types_and_descriptors_are_rclpys(both):
    ours, rclpys = both
    names = ours.names()
    assert set(OF_RCLCPP) <= set(names)
    some = [names[3], names[1], names[3]]
    for asked in names, some, [], ['none'], ['none', names[0]], [names[0], 'none'], [''], \
            ['spectrum'], [names[0] + '.']:
        for service in 'get_parameters', 'get_parameter_types':
            assert ours.call(service, names=asked) == rclpys.call(service, names=asked), asked
        got = ours.call('describe_parameters', names=asked).descriptors
        want = rclpys.call('describe_parameters', names=asked).descriptors
        assert [d.name for d in got] == [d.name for d in want]
        for g, w in zip(got, want):
            if g.name in OF_RCLCPP:
                assert (g.type, g.read_only, g.dynamic_typing) == (
                    w.type, w.read_only, w.dynamic_typing), g.name
            else:
                assert g == w


def test_what_every_node_of_rclcpp_declares_is_declared(both):
    ours, _ = both
    descriptors = ours.describe()
    for name, (default, read_only) in OF_RCLCPP.items():
        assert ours.get(name) == {name: default}
        assert descriptors[name].read_only == read_only
    assert descriptors['start_type_description_service'].description == \
        'Start the ~/get_type_description service for this node.'
    assert descriptors['qos_overrides./parameter_events.publisher.depth'].description == \
        'qos policy {depth} for publisher {/parameter_events}'


def test_descriptors_say_what_is_allowed(av_capture, listener):
    client = ParameterClient(listener, '/camera', av_capture(*SYNTHETIC))
    descriptors = client.describe()
    width = descriptors['image_width']
    assert (width.integer_range[0].from_value, width.integer_range[0].to_value) == (1, 16384)
    rate = descriptors['framerate']
    assert (rate.floating_point_range[0].from_value, rate.floating_point_range[0].to_value) == (
        0.1, 1000.0)
    assert '"yuv422_yuy2"' in descriptors['pixel_format'].additional_constraints
    assert '"yuyv" = "yuv422_yuy2"' in descriptors['pixel_format'].additional_constraints
    assert all(d.description for d in descriptors.values())


def test_changes_succeed_and_fail_as_rclpys(both):
    ours, rclpys = both
    read_only = 'start_type_description_service'
    for values in (
            [('frame_id', 'eye')],
            [('frame_id', 'eye'), ('frame_id', 'ear')],
            [('frame_id', 3)],
            [('frame_id', ['eye'])],
            [('reconnect_interval', 1.5)],
            [('reconnect_interval', 1)],
            [('reconnect_interval', 0.01)],
            [('reconnect_interval', 0.1), ('frame_id', 'a')],
            [('reconnect_interval', 3600.0000000000001), ('frame_id', 'b')],
            [('reconnect_interval', 5.0), ('frame_id', 7)],
            [('frame_id', 7), ('reconnect_interval', 6.0)],
            [('frame_id', 'c'), ('none', 1)],
            [('none', 1), ('frame_id', 'd')],
            [('', 1)],
            [(read_only, True)],
            [(read_only, False)],
            [('frame_id', 'e'), (read_only, True), ('reconnect_interval', 7.0)],
            [('loop', True)],
            [('loop', 1)],
            [('loop', 'true')]):
        # rclpy raises within its service for a name of no letters: no answer to compare.
        compare = values != [('', 1)]
        got = ours.set_atomically(values)
        if compare:
            assert got.successful == rclpys.set_atomically(values).successful, values
        assert got.successful or got.reason
        got = ours.set(values)
        assert len(got) == len(values)
        if compare:
            want = rclpys.set(values)
            assert [r.successful for r in got] == [r.successful for r in want], values
            shared = ('frame_id', 'reconnect_interval', 'loop')
            assert ours.get(*shared) == rclpys.get(*shared)


def test_no_parameter_at_all_is_no_change(av_capture, listener):
    # As in rclcpp; rclpy takes it for a success.
    client = ParameterClient(listener, '/camera', av_capture(*SYNTHETIC))
    assert not client.set_atomically([]).successful
    assert client.set([]) == []


def test_a_value_without_type_is_refused(av_capture, listener):
    client = ParameterClient(listener, '/camera', av_capture(*SYNTHETIC))
    before = client.all()
    for kind in ParameterType.PARAMETER_NOT_SET, 10, 255:
        result = client.call('set_parameters_atomically', parameters=[Parameter(
            name='image_width', value=ParameterValue(type=kind, integer_value=320))]).result
        assert not result.successful and 'image_width' in result.reason
    assert client.all() == before


def test_a_refused_change_changes_nothing_and_says_why(av_capture, listener):
    process = av_capture(*SYNTHETIC)
    client = ParameterClient(listener, '/camera', process)
    client.refuse('"image_width"', '"wide"', 'integer', image_width='wide', framerate=15.0)
    client.refuse('"framerate"', '0.0', '0.1 to 1000.0', framerate=0.0, image_width=320)
    client.refuse('"framerate"', '30', 'write 30.0', framerate=30)
    client.refuse('"framerate"', 'finite', framerate=float('nan'))
    client.refuse('"pixel_format"', '"bgr9"', '"bgr8"', pixel_format='bgr9')
    client.refuse('"image_widht"', 'image_width', image_widht=320)
    client.refuse('"use_sim_time"', 'bool', use_sim_time=1, image_width=320)
    client.refuse('read-only', '"start_type_description_service"',
                  start_type_description_service=True, image_width=320)
    # The source itself refuses these: too small for its pattern, and no such device.
    client.refuse('"image_width" = 20', '64', image_width=20, framerate=15.0)
    client.refuse('/dev/no-such-camera', source='v4l2', video_device='/dev/no-such-camera')
    client.refuse('image_width', 'image_height', image_width=16384, image_height=16384)
    client = ParameterClient(listener, '/microphone', process)
    client.refuse('spectrum.window_size', '50000', 'fifo_size', spectrum__window_size=50000)
    client.refuse('fifo_size', fifo_size=2**26, channels=32)
    client.change(fifo_size=100000, spectrum__window_size=50000)


def test_a_request_that_nobody_means_is_answered_in_a_few_words(av_capture, listener):
    client = ParameterClient(listener, '/camera', av_capture(*SYNTHETIC))
    long = 'image_width' * 10**5
    client.refuse('not declared', '1100000 bytes', **{long: 1})
    client.refuse('1100000 bytes', frame_id=long)
    client.refuse('list of 100000 elements', ffmpeg_args=['x'] * 10**5)
    client.refuse('"image_width"', 'got string', image_width=long[:10**4])
    for values in {long: 1}, {'image_width': long}, {'image_width': [1] * 10**5}:
        for result in [client.set_atomically(values), *client.set(values)]:
            assert not result.successful and len(result.reason) < 1000
    # Which parameters are meant is told of a few.
    strange = client.set([(f'image_widt{i}', 1) for i in range(1000)])
    proposed = [r for r in strange if 'did you mean image_width' in r.reason]
    assert len(strange) == 1000 and 0 < len(proposed) < 50
    assert not any(r.successful for r in strange)
    many = client.set([('frame_id', 'eye')] * 10**4)
    assert len(many) == 10**4 and {r.reason for r in many} == {
        'too many parameters in one request, at most 1024 are taken'}
    names = client.names()
    assert client.call('list_parameters', prefixes=[long, *[f'x{i}' for i in range(10**5)],
                                                    'image_width']).result.names == ['image_width']
    for service, field in (('get_parameters', 'values'), ('get_parameter_types', 'types'),
                           ('describe_parameters', 'descriptors')):
        assert len(getattr(client.call(service, names=names * 5), field)) == 5 * len(names)
        assert len(getattr(client.call(service, names=['image_width'] * 10**5), field)) == 0
    client.change(frame_id='eye')


def test_events_tell_of_changes(av_capture, listener):
    inbox = listener.subscribe(ParameterEvent, '/parameter_events')
    process = av_capture(*SYNTHETIC)
    client = ParameterClient(listener, '/camera', process)

    def told(count):
        messages = inbox.wait_until(
            lambda all_: len([m for m in all_ if m.node == '/camera' and m.changed_parameters])
            >= count, process, f'{count} events')
        return [m for m in messages if m.node == '/camera' and m.changed_parameters]

    def changed(event):
        return [(p.name, parameter_value_to_python(p.value)) for p in event.changed_parameters]

    def first():
        client.change(frame_id='first')
        return any(m.changed_parameters for m in inbox.so_far())

    until(first, 'an event, which shows that subscription and node know each other', process)
    client.change(frame_id='second')
    inbox.wait_until(lambda all_: any(changed(m) == [('frame_id', 'second')] for m in all_),
                     process, 'the event of a change')
    before = len(told(1))
    start = time.time_ns()
    client.change(frame_id='eye', image_width=320)
    client.set([('framerate', 15.0), ('none', 1), ('pixel_format', 'yuyv')])
    client.set_atomically({'frame_id': 'no', 'none': 1})
    client.change(frame_id='last')
    got = told(before + 4)[before:]
    end = time.time_ns()
    assert len(got) == 4
    assert changed(got[3]) == [('frame_id', 'last')]
    assert changed(got[0]) == [('frame_id', 'eye'), ('image_width', 320)]
    assert changed(got[1]) == [('framerate', 15.0)]
    assert changed(got[2]) == [('pixel_format', 'yuv422_yuy2')]
    for event in got:
        assert not event.new_parameters and not event.deleted_parameters
        assert start <= nanoseconds(event.stamp) <= end


def test_events_of_a_start_hold_every_parameter(av_capture, listener):
    # A late subscriber hears nothing, unless the node is told to keep its events.
    inbox = Inbox()
    listener.node.create_subscription(ParameterEvent, '/parameter_events', inbox.put, QoSProfile(
        depth=1000, durability=DurabilityPolicy.TRANSIENT_LOCAL))
    override = 'qos_overrides./parameter_events.publisher.durability'
    process = av_capture(*camera(source='synthetic'), '--ros-args', '-p',
                         f'{override}:=transient_local', '--')
    client = ParameterClient(listener, '/camera', process)
    want = client.all()
    assert want[override] == 'transient_local'
    messages = inbox.wait(len(want), process)
    new = {p.name: parameter_value_to_python(p.value)
           for m in messages if m.node == '/camera' for p in m.new_parameters}
    assert new == want


def test_simulated_time_is_warned_of(av_capture, listener):
    process = av_capture(*camera(source='synthetic', use_sim_time=True))
    process.wait_for_line('WARN.*use_sim_time')
    client = ParameterClient(listener, '/camera', process)
    client.change(use_sim_time=False)
    client.change(use_sim_time=True)
    inbox = listener.subscribe(Image, '/camera/image_raw')
    assert abs(nanoseconds(inbox.wait(1, process)[0].header.stamp) - time.time_ns()) < 60e9
    assert len(process.lines('WARN.*use_sim_time')) == 2


@pytest.mark.parametrize('argument, words', [
    ('use_sim_time:=1', ['use_sim_time', 'bool']),
    ('qos_overrides./parameter_events.publisher.reliability:=perfect',
     ['reliability', 'perfect', 'best_effort']),
    ('qos_overrides./parameter_events.publisher.depth:=-1', ['depth', '-1']),
])
def test_a_wrong_start_value_of_theirs_is_refused(av_capture, argument, words):
    process = av_capture('--nodes', 'camera', '--ros-args', '-p', argument)
    assert process.status() == 1
    for word in words:
        assert word in process.text().split('\n', 1)[1]


@pytest.mark.check
def test_size_format_and_rate_of_the_camera_change_while_it_runs(av_capture, listener):
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(source='synthetic'))
    client = ParameterClient(listener, '/camera', process)
    inbox.wait(5, process)
    for width, height, encoding, rate in (
            (320, 240, 'rgb8', 60.0), (800, 600, 'mono8', 10.0), (640, 480, 'yuv422_yuy2', 25.0)):
        client.change(image_width=width, image_height=height, pixel_format=encoding,
                      framerate=rate, frame_id=encoding)
        # One opening for all of them: never a mixture.
        images = inbox.wait_until(
            lambda all_: len([m for m in all_ if m.header.frame_id == encoding
                              and m.width == width]) >= 20, process, 'images of the new size')
        images = [m for m in images if m.header.frame_id == encoding and m.width == width]
        assert {(m.width, m.height, m.encoding) for m in images} == {
            (width, height, published(encoding))}
        stamps = [nanoseconds(m.header.stamp) for m in images]
        numbers = [frame_number(pixels(m), encoding) for m in images]
        slope = np.polyfit(numbers, stamps, 1)[0]
        assert abs(slope * rate / 1e9 - 1) < 1e-3
        pattern = Pattern(width, height, encoding)
        assert (pixels(images[-1]) == pattern.image(numbers[-1])).all()
    # Every image was of one of the requests.
    sizes = [(m.width, m.height, m.encoding) for m in inbox.so_far()]
    assert list(dict.fromkeys(sizes)) == [
        (640, 480, 'bgr8'), (320, 240, 'rgb8'), (800, 600, 'mono8'),
        (640, 480, published('yuv422_yuy2'))]


def test_get_tells_what_the_source_really_took(av_capture, listener, tmp_path):
    film = video.write(tmp_path / 'film.mkv', 320, 240, 25.0, 200)
    wav = tone.write(tmp_path / 'tone.wav', 440.0, 0.5, 2.0, rate=16000)
    allowed = {'source': 'synthetic', 'allowed_paths': f"['{tmp_path}']"}
    process = av_capture(*arguments('camera', allowed), *arguments('microphone', allowed))
    client = ParameterClient(listener, '/camera', process)
    client.change(source='file', video_device=str(film), loop=True, image_width=1000)
    assert client.get('image_width', 'image_height', 'framerate') == {
        'image_width': 320, 'image_height': 240, 'framerate': 25.0}
    # The size asked for counts again where the source can give it.
    client.change(source='synthetic')
    assert client.get('image_width', 'image_height') == {'image_width': 1000, 'image_height': 480}
    client = ParameterClient(listener, '/microphone', process)
    client.change(source='file', device=wav, loop=True)
    assert client.get('sample_rate') == {'sample_rate': 16000}
    client.change(source='synthetic')
    assert client.get('sample_rate') == {'sample_rate': 44100}


def test_parameters_of_an_absent_camera_are_kept_for_its_coming(av_capture, listener, tmp_path):
    film = tmp_path / 'film.mkv'
    inbox = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(*camera(video_device='/dev/no-such-camera', reconnect_interval=0.1,
                                 allowed_paths=f"['{film}']"))
    process.wait_for_line('/dev/no-such-camera')
    client = ParameterClient(listener, '/camera', process)
    result = client.set_atomically({'source': 'file', 'video_device': str(film), 'loop': True})
    assert result.successful and 'absent' in result.reason
    assert client.get('source') == {'source': 'file'}
    video.write(film, 320, 240, 25.0, 50)
    assert inbox.wait(5, process)[0].width == 320


def test_sound_goes_on_over_a_change_of_the_block_size(av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='synthetic'))
    client = ParameterClient(listener, '/microphone', process)
    inbox.wait(50, process)
    client.change(block_size=100, frame_id='ear')
    blocks = inbox.wait_until(
        lambda all_: len([b for b in all_ if b.epoch == 1]) >= 200, process, '200 new blocks')
    old, new = [[b for b in blocks if b.epoch == epoch] for epoch in (0, 1)]
    assert {b.frame_count for b in new[:200]} == {100}
    assert {b.header.frame_id for b in new[1:]} == {'ear'}
    assert len(old) + len(new) == len(blocks)
    check_continuous(old)
    check_continuous(new)
    # The sound between is lost, counted, and little.
    gap = new[0].first_frame - old[-1].first_frame - old[-1].frame_count
    assert 0 <= gap < 44100
    assert new[0].lost_frames == old[-1].lost_frames + gap
    pause = nanoseconds(new[0].header.stamp) - nanoseconds(old[-1].header.stamp)
    assert abs((new[0].first_frame - old[-1].first_frame) / 44100 - pause / 1e9) < 0.05


def test_microphone_is_exchanged_for_another(av_capture, listener, pulse):
    pulse.add_null_sink('desk')
    pulse.add_null_sink('lapel')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio', device='desk'),
                         environment=pulse.environment)
    process.wait_for_line('capturing from.*desk')
    client = ParameterClient(listener, '/microphone', process)
    inbox.wait(10, process)
    client.change(device='lapel')
    process.wait_for_line('capturing from.*lapel')
    # A refused device leaves the former one in place, which is opened again.
    client.refuse('"device" = "no such"', 'desk', 'lapel', device='no such')
    until(lambda: len(process.lines('capturing from.*lapel')) == 2, 'the microphone', process)
    client.refuse('"sample_rate" = 12345', 'allow_conversion', sample_rate=12345,
                  allow_conversion=False)
    until(lambda: len(process.lines('capturing from.*lapel')) == 3, 'the microphone', process)
    blocks = inbox.wait_until(lambda all_: len([b for b in all_ if b.epoch == 3]) > 10,
                              process, 'sound of the last opening')
    assert not process.lines('ERROR')
    ends = [b.first_frame + b.frame_count for b in blocks]
    assert all(b.first_frame >= end for b, end in zip(blocks[1:], ends))
    assert {(b.sample_rate, b.channels) for b in blocks} == {(44100, 1)}


def test_spectrum_changes_without_a_gap_in_the_sound(av_capture, listener):
    blocks = listener.subscribe(AudioData, '/microphone/audio')
    spectra = listener.subscribe(Spectrum, '/microphone/spectrum')
    process = av_capture(*microphone(source='synthetic'))
    client = ParameterClient(listener, '/microphone', process)
    blocks.wait(20, process)
    for size, hop, window, scaling in (
            (30000, 30000, 'flat_top', 'AMPLITUDE'), (512, 256, 'hamming', 'POWER'),
            (4096, 1024, 'hann', 'DECIBEL')):
        client.change(spectrum__window_size=size, spectrum__hop_size=hop,
                      spectrum__window=window, spectrum__scaling=scaling)
        got = spectra.wait_until(
            lambda all_: len([s for s in all_ if s.window_size == size]) >= 2, process,
            f'spectra of {size}')
        got = [s for s in got if s.window_size == size]
        assert {(s.hop_size, s.window, s.scaling, len(s.frequency)) for s in got} == {
            (hop, window, scaling, size // 2 + 1)}
        assert (got[1].first_frame - got[0].first_frame) % hop == 0
    all_ = blocks.so_far()
    check_continuous(all_)
    assert {b.epoch for b in all_} == {0} and all_[-1].lost_frames == 0
    assert len(process.lines('capturing from')) == 1


def test_other_node_is_not_held_up(av_capture, listener):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*SYNTHETIC)
    client = ParameterClient(listener, '/camera', process)
    inbox.wait(10, process)
    for i in range(20):
        client.change(image_width=320 + 16 * i)
    blocks = inbox.wait(len(inbox.so_far()) + 10, process)
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0


def test_events_topic_that_is_remapped_names_its_overrides(av_capture, listener):
    process = av_capture(*arguments('camera', {'source': 'synthetic'}), '--nodes', 'camera',
                         '--ros-args', '-r', '/parameter_events:=/told')
    client = ParameterClient(listener, '/camera', process)
    assert client.get('qos_overrides./told.publisher.depth') == {
        'qos_overrides./told.publisher.depth': 1000}
    listener.wait_for_topics(['/told'], process)

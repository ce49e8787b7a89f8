"""What /diagnostics says of both nodes, once a second, as diagnostic_updater's nodes do."""

import itertools
import wave

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from harness import wav
from harness.diagnostics import statuses, values, wait_for_status
from harness.listener import nanoseconds
from harness.parameters import camera, microphone
import numpy as np
import pytest
from sensor_msgs.msg import Image

SYNTHETIC = ['--ros-args', '-p', 'source:=synthetic', '--']
OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


def test_camera_tells_rate_latency_and_device(av_capture, listener):
    listener.subscribe(Image, '/camera/image_raw', depth=5)
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*camera(source='synthetic', framerate=20.0))

    def settled(status):
        return (status.level == OK and 19 < float(values(status)['rate [Hz]']) < 21
                and values(status)['latency p50 [ms]'] != 'no subscriber')
    status = wait_for_status(inbox, process, 'camera: capture', settled, '20 images/s')
    told = values(status)
    assert status.hardware_id == 'synthetic test pattern'
    assert 'capturing' in status.message
    assert told['expected rate [Hz]'] == '20.00'
    assert told['device'] == 'synthetic test pattern'
    assert told['format'] == '640x480 bgr8'
    assert told['planes'].startswith('images of pixel_format bgr8 have no planes')
    assert told['stamp source'] == 'schedule'
    assert told['reconnects'] == '0'
    assert int(told['drops']) >= 0
    assert 0 < float(told['latency p50 [ms]']) <= float(told['latency p99 [ms]'])


def test_camera_without_subscriber_still_tells_its_rate(av_capture, listener):
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*camera(source='synthetic'))
    status = wait_for_status(inbox, process, 'camera: capture',
                             lambda status: float(values(status)['rate [Hz]']) > 25, '30 images/s')
    assert values(status)['latency p99 [ms]'] == 'no subscriber'


def test_microphone_tells_rate_ring_clock_and_level(av_capture, listener):
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*microphone(source='synthetic', channels=2))

    def settled(status):
        return status.level == OK and abs(float(values(status)['rate [Hz]']) - 44100) < 1000
    status = wait_for_status(inbox, process, 'microphone: capture', settled, '44100 Hz')
    told = values(status)
    assert status.hardware_id == 'synthetic tones'
    assert told['expected rate [Hz]'] == '44100'
    assert told['format'] == '44100 Hz, 2 channels, S16LE'
    assert told['lost frames'] == '0'
    assert told['reconnects'] == '0'
    assert 0 <= float(told['ring fill [%]']) < 50
    assert abs(float(told['rate error [ppm]'])) < 10000
    assert float(told['lateness least [ms]']) >= -1
    assert told['latency p50 [ms]'] == told['latency p99 [ms]'] == 'no subscriber'
    levels = [float(level) for level in told['level [dBFS]'].split()]
    assert len(levels) == 2 and all(-100 < level < 0 for level in levels)

    listener.subscribe(AudioData, '/microphone/audio')
    status = wait_for_status(inbox, process, 'microphone: capture', lambda status: (
        status.level == OK and values(status)['latency p50 [ms]'] != 'no subscriber'), 'latencies')
    told = values(status)
    assert 0 < float(told['latency p50 [ms]']) <= float(told['latency p99 [ms]'])
    assert told['lost frames'] == '0'


def test_microphone_counts_clipped_samples_by_channel(av_capture, listener, tmp_path):
    # The left channel is 6 dB too loud, the right one is a tone of -6 dBFS in
    # which a single sample is at the lowest number.
    path, frames = tmp_path / 'loud.wav', 44100
    tone = np.sin(2 * np.pi * 441 * np.arange(frames) / 44100)
    sound = wav.write(path, np.stack([2 * tone, tone / 2], axis=1))
    sound[30000, 1] = -1
    wav.write(path, sound)
    clipped = ((sound == -1) | (sound == 32767 / 32768)).sum(axis=0)
    assert 0.6 * frames < clipped[0] < 0.7 * frames and clipped[1] == 1
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*microphone(source='file', device=path))
    status = wait_for_status(inbox, process, 'microphone: capture',
                             lambda status: 'end of source' in status.message, 'the end')
    told = values(status)
    assert told['clipped samples'].split() == [str(count) for count in clipped]
    # Of the last 8192 audio frames: of a whole tone clipped at half its height,
    # and of one that is not.
    rms = 20 * np.log10(np.sqrt((sound[-8192:]**2).mean(axis=0)))
    level = [float(text) for text in told['level [dBFS]'].split()]
    peak = [float(text) for text in told['peak [dBFS]'].split()]
    np.testing.assert_allclose(level, rms, atol=0.06)
    np.testing.assert_allclose(peak, [0, -6.02], atol=0.06)


def test_one_array_a_second_from_each_node_with_its_stamp(av_capture, listener):
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*SYNTHETIC)
    arrays = inbox.wait(12, process)
    for name in ['camera: capture', 'microphone: capture']:
        own = [array for array in arrays if statuses([array], name)]
        assert all(len(array.status) == 1 for array in own)
        stamps = [nanoseconds(array.header.stamp) for array in own]
        gaps = [later - earlier for earlier, later in itertools.pairwise(stamps)]
        assert len(gaps) >= 3
        # A busy machine makes one late; the next one is on time again.
        assert 0.9e9 < sum(gaps) / len(gaps) < 1.5e9, gaps


def test_absent_camera_is_an_error_with_the_cure(av_capture, listener):
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*camera(video_device='/dev/no-such-camera'))
    status = wait_for_status(inbox, process, 'camera: capture',
                             lambda status: status.level == ERROR, 'an error')
    assert status.hardware_id == '/dev/no-such-camera'
    for words in ['/dev/no-such-camera', 'device absent', 'plug it in', 'video_device', '2s']:
        assert words in status.message, status.message


@pytest.mark.parametrize('parameters, name, words', [
    ({'source': 'ffmpeg', 'ffmpeg_args': "['-f', 'lavfi', '-i', 'nosuch']"}, 'ffmpeg',
     ["'nosuch'", 'wrong configuration; set ffmpeg_args to another', 'not tried again']),
    ({'source': 'ffmpeg', 'video_device': 'rtsp://robot:secret@127.0.0.1:9/live'},
     'rtsp://robot:xxxxx@127.0.0.1:9/live', ['Connection refused', 'set video_device to another']),
    ({'source': 'ffmpeg', 'video_device': '/dev/no-such-camera'}, '/dev/no-such-camera',
     ['plug it in, or set video_device to another']),
    ({'source': 'file', 'video_device': 'http://robot:secret@127.0.0.1:9/live'},
     'http://robot:xxxxx@127.0.0.1:9/live', ['device absent', 'set video_device to another']),
])
def test_cure_names_what_decides_about_the_input(av_capture, listener, parameters, name, words):
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*camera(**parameters))
    status = wait_for_status(inbox, process, 'camera: capture',
                             lambda status: status.level == ERROR, 'an error')
    assert status.hardware_id == name
    for word in words:
        assert word in status.message, status.message
    assert ('plug' in status.message) == name.startswith('/dev')
    assert 'secret' not in status.message and not process.lines('secret')


def test_unknown_microphone_is_an_error_with_the_cure(av_capture, listener, pulse):
    pulse.add_null_sink('mic')
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*microphone(backend='pulseaudio', device='nobody'),
                         environment=pulse.environment)
    status = wait_for_status(inbox, process, 'microphone: capture',
                             lambda status: status.level == ERROR, 'an error')
    assert 'set device to one that is there' in status.message


def test_format_of_the_device_and_its_conversion_are_told(av_capture, listener, pulse):
    own, ours = '48000 Hz, 2 channels, S32LE', '44100 Hz, 1 channel, S16LE'
    pulse.load('module-null-sink sink_name=mic rate=48000 channels=2 format=s32le')
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*microphone(backend='pulseaudio'), environment=pulse.environment)

    def conversion(format):
        status = wait_for_status(
            inbox, process, 'microphone: capture', lambda status: status.level == OK and
            values(status)['format'] == format, format)
        assert values(status)['device format'] == own
        return values(status)['conversion']
    assert conversion(ours) != 'none'
    assert len(process.lines(f'{own}; it is converted to {ours}, the mean of its 2 channels')) == 1
    process.end()
    process = av_capture(
        *microphone(backend='pulseaudio', allow_conversion=False), environment=pulse.environment)
    refused = wait_for_status(inbox, process, 'microphone: capture', lambda status:
                              'without conversion' in status.message, 'a refusal')
    assert refused.level == ERROR and own in refused.message
    process.end()
    process = av_capture(
        *microphone(backend='pulseaudio', allow_conversion=False, sample_rate=48000, channels=2,
                    sample_format='S32LE'), environment=pulse.environment)
    assert conversion(own) == 'none'


def test_sound_system_that_restarts_is_an_error_and_then_a_reconnect(av_capture, listener, pulse):
    pulse.add_null_sink('mic')
    listener.subscribe(AudioData, '/microphone/audio')
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*microphone(backend='pulseaudio', reconnect_interval=0.2),
                         environment=pulse.environment)
    name = 'microphone: capture'
    before = wait_for_status(inbox, process, name, lambda status: status.level == OK, 'OK')
    assert 'mic' in before.hardware_id
    pulse.kill()
    wait_for_status(inbox, process, name, lambda status: status.level == ERROR, 'an error')
    pulse.start()
    after = wait_for_status(
        inbox, process, name,
        lambda status: status.level == OK and values(status)['reconnects'] != '0', 'a reconnect')
    assert values(after)['reconnects'] == '1'
    # Frames lost meanwhile are counted.
    assert int(values(after)['lost frames']) > 0


def test_file_that_has_ended_is_a_warning_with_the_cure(av_capture, listener, tmp_path):
    path = tmp_path / 'short.wav'
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(2 * 4410))
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*microphone(source='file', device=path))
    status = wait_for_status(inbox, process, 'microphone: capture',
                             lambda status: 'end of source' in status.message, 'the end')
    assert status.level == WARN
    assert 'set loop' in status.message


def test_batch_waits_for_a_subscriber(av_capture, listener, tmp_path):
    wav.write(tmp_path / 'tone.wav', np.sin(np.arange(44100) / 10))
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture(*microphone(source='file', device=tmp_path / 'tone.wav', realtime=False))
    name = 'microphone: capture'
    waiting = wait_for_status(inbox, process, name,
                              lambda status: 'waiting for a subscriber' in status.message, 'that')
    assert waiting.level == OK
    listener.subscribe(AudioData, '/microphone/audio')
    told = values(wait_for_status(inbox, process, name,
                                  lambda status: 'end of source' in status.message, 'the end'))
    assert (told['audio frames'], told['lost frames']) == ('44100', '0')
    assert told['latency p50 [ms]'] == 'not in real time'


def test_names_are_without_namespace_unless_asked_for(av_capture, listener, tmp_path):
    path = tmp_path / 'parameters.yaml'
    path.write_text("""
/**/camera: {ros__parameters: {source: synthetic, diagnostic_updater.use_fqn: true}}
/**/microphone: {ros__parameters: {source: synthetic}}
""")
    inbox = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = av_capture('--ros-args', '-r', '__ns:=/robot', '--params-file', path)
    wait_for_status(inbox, process, '/robot/camera: capture', lambda status: True, 'any')
    wait_for_status(inbox, process, 'microphone: capture', lambda status: True, 'any')

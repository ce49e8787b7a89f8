"""The parameter channel_map takes channels of the device, at run time too."""

from av_capture.msg import AudioData
from harness.parameter_client import ParameterClient
from harness.parameters import microphone
from harness.sound import check_format
import pytest
from rclpy.parameter import Parameter

RATE, CHANNELS = 16000, 6


@pytest.fixture
def array(av_capture, listener, pulse):
    """Return the process, its blocks and a client of its parameters, on six channels."""
    pulse.load(f'module-null-sink sink_name=array format=s16le rate={RATE} channels={CHANNELS}')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio', sample_rate=RATE, block_size=160),
                         environment=pulse.environment)
    return process, inbox, ParameterClient(listener, '/microphone', process)


def test_channels_are_those_of_the_map(array):
    process, inbox, client = array
    check_format(inbox.wait(1, process), 160, RATE, 1)
    process.wait_for_line('the mean of its 6 channels')
    for chosen, channels in ([1, 2, 3, 4], 4), ([5], 1), ([0, 5], 2), ([], 1):
        # An empty list has no type by itself.
        change = Parameter('channel_map', Parameter.Type.INTEGER_ARRAY, chosen)
        client.call('set_parameters', parameters=[change.to_parameter_msg()])
        blocks = inbox.wait_until(
            lambda blocks: blocks[-1].channels == channels, process, f'{channels} channels')
        check_format(blocks[-1:], 160, RATE, channels)
    client.change(channel_map=[0, 1, 2], allow_conversion=False)
    inbox.wait_until(lambda blocks: blocks[-1].channels == 3, process, '3 channels')


def test_map_that_the_device_cannot_serve_is_refused(array):
    process, inbox, client = array
    inbox.wait(1, process)
    client.refuse('channel_map has channel 6', 'the device has 6 channels', channel_map=[0, 6])
    client.refuse('channel_map', '0 to 31', channel_map=[32])
    client.refuse('channel_map', channel_map=[-1])
    client.refuse('channel_map', 'at most 32', channel_map=[0] * 33)
    client.refuse('spectrogram.channel', '2 channels', channel_map=[0, 1], spectrogram__channel=2)
    before = len(inbox.so_far())
    check_format(inbox.wait(before + 5, process)[before:], 160, RATE, 1)

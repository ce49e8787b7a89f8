"""What --list-devices prints of the devices that are there, without ROS."""

import re


def listed(av_capture, environment):
    """Return the output of --list-devices."""
    # A domain that cannot be: a ROS context would not start.
    process = av_capture('--list-devices', environment={**environment, 'ROS_DOMAIN_ID': 'none'})
    assert process.status() == 0, process.text()
    assert not process.errors(), process.text()
    return '\n'.join(process.lines())


def test_microphones_of_a_sound_server_are_listed(av_capture, pulse):
    pulse.add_null_sink('mic', rate=44100, channels=1)
    pulse.add_pipe_source('stereo', rate=16000, channels=2, encoding='F32LE')
    text = listed(av_capture, pulse.environment)
    blocks = {re.match('"(.*)"', block)[1]: block for block in text.split('\n\n')
              if block.startswith('"')}
    assert set(blocks) == {'Monitor of mic', 'stereo'}, text
    assert 'backend pulseaudio' in blocks['stereo']
    assert re.search(r'or +mic\.monitor\n +formats +S16LE: 1 channel at 44100 Hz',
                     blocks['Monitor of mic'])
    assert re.search(r'or +stereo\n +formats +F32LE: 2 channels at 16000 Hz', blocks['stereo'])
    assert text.count(', the default') == 1, text


def test_name_that_is_listed_is_taken(av_capture, pulse):
    pulse.add_null_sink('mic')
    text = listed(av_capture, pulse.environment)
    name = re.search(r'^"Monitor of mic".*\n +or +(\S+)$', text, re.M)[1]
    process = av_capture(
        '--nodes', 'microphone', '--ros-args', '-p', f'device:={name}',
        environment=pulse.environment)
    process.wait_for_line(rf'capturing from Monitor of mic \(pulseaudio {name}\)')


def test_machine_without_devices_is_told_so(av_capture, pulse):
    pulse.kill()
    text = listed(av_capture, pulse.environment)
    assert re.search('^Microphones: none.*PulseAudio', text, re.M), text
    assert re.search('^  pulseaudio: no server: ', text, re.M), text
    assert 'Cameras' in text


def test_server_without_microphones_is_told_apart(av_capture, pulse):
    text = listed(av_capture, pulse.environment)
    assert re.search('^  pulseaudio: no microphone$', text, re.M), text

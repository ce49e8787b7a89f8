"""The cost of a microphone whose sound system is gone, beside that of its sound."""

import contextlib
import time

from av_capture.msg import AudioData
from harness.listener import Listener
from harness.parameters import microphone
from harness.process import Process
from harness.pulse import PulseServer
from harness.usage import processor_time

RATE = 44100
SECONDS = 10.0


def lost_sound_system(domain):
    """Return the share of a core [%] with sound, and without its PulseAudio server."""
    with contextlib.ExitStack() as stack:
        pulse = stack.enter_context(contextlib.closing(PulseServer()))
        pulse.add_null_sink('mic', RATE)
        listener = stack.enter_context(contextlib.closing(Listener(domain)))
        inbox = listener.subscribe(AudioData, '/microphone/audio')
        process = Process(microphone(backend='pulseaudio'),
                          {'ROS_DOMAIN_ID': str(domain), **pulse.environment})
        stack.callback(process.kill)
        inbox.wait(50, process)
        capturing = core(process)
        pulse.kill()
        process.wait_for_line('ERROR')
        waiting = core(process)
        process.end()
    return {'capturing': capturing, 'waiting': waiting}


def core(process):
    """Return the share of a core that a process takes [%], over some seconds."""
    start, before = time.monotonic(), processor_time(process.pid)
    time.sleep(SECONDS)
    return 100 * (processor_time(process.pid) - before) / (time.monotonic() - start)

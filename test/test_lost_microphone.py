"""A sound system that dies and comes back: nothing is invented, all losses are told."""

import time

from av_capture.msg import AudioData
from harness.listener import nanoseconds
from harness.parameters import microphone
from harness.usage import wakeups

RATE = 44100


def test_sound_system_that_restarts(av_capture, listener, pulse):
    pulse.add_null_sink('mic', RATE)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio', reconnect_interval=0.2),
                         environment=pulse.environment)
    inbox.wait(50, process)
    pulse.kill()
    process.wait_for_line('ERROR')
    pulse.start()
    blocks = inbox.wait_counted(50, lambda messages: sum(m.epoch == 1 for m in messages),
                                process, '50 blocks of epoch 1')
    received = 0  # before the first block that we got, none was lost
    start = blocks[0].first_frame
    for before, block in zip([None, *blocks], blocks):
        if before is not None:
            assert block.epoch in (before.epoch, before.epoch + 1)
            assert nanoseconds(block.header.stamp) >= nanoseconds(before.header.stamp)
            if block.epoch == before.epoch:
                assert block.first_frame == before.first_frame + before.frame_count
        assert block.lost_frames == block.first_frame - start - received
        received += block.frame_count
    assert [block.epoch for block in blocks] == sorted(block.epoch for block in blocks)
    last = [block for block in blocks if block.epoch == 0][-1]
    first = next(block for block in blocks if block.epoch == 1)
    lost = first.first_frame - last.first_frame - last.frame_count
    assert lost > 0
    # The index goes on as if sound had run through the gap: at the stamps' own rate.
    elapsed = (nanoseconds(first.header.stamp) - nanoseconds(last.header.stamp)) * 1e-9
    assert abs(lost + last.frame_count - elapsed * RATE) < 0.1 * RATE
    assert process.lines('capturing again')


def test_waiting_for_the_sound_system_wakes_a_fifth_as_often_as_sound(av_capture, listener, pulse):
    # What this costs of a processor depends on the machine: make bench measures it.
    pulse.add_null_sink('mic', RATE)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio'), environment=pulse.environment)
    inbox.wait(50, process)
    capturing = wakeup_rate(process, 2.0)
    pulse.kill()
    process.wait_for_line('ERROR')
    waiting = wakeup_rate(process, 10.0)  # in which it tries five times
    print(f'wake-ups per second: {capturing:.0f} with sound, {waiting:.0f} without')
    assert waiting < capturing / 5


def wakeup_rate(process, lasting):
    """Return how often a process's threads go to sleep, and so are woken [1/s], over some seconds."""
    start, before = time.monotonic(), wakeups(process.pid)
    time.sleep(lasting)
    return (wakeups(process.pid) - before) / (time.monotonic() - start)


def test_device_that_is_removed_and_comes_back(av_capture, listener, pulse):
    pulse.add_null_sink('other', RATE)
    module = pulse.add_null_sink('mic', RATE)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(backend='pulseaudio', device='mic', reconnect_interval=0.2),
                         environment=pulse.environment)
    inbox.wait(50, process)
    pulse.unload(module)
    process.wait_for_line('ERROR')
    pulse.add_null_sink('mic', RATE)
    inbox.wait_counted(50, lambda messages: sum(m.epoch == 1 for m in messages),
                       process, '50 blocks of epoch 1')

"""
A USB webcam's sound arrives bit for bit as it was sent, stamped when it was acquired.

The microphone's clock is off by 400 ppm, which its rate error in the diagnostics has to tell.
"""

import os
from pathlib import Path
import signal

from av_capture.msg import AudioData
from diagnostic_msgs.msg import DiagnosticArray
from harness.deadline import until
from harness.listener import nanoseconds
from harness.parameter_client import ParameterClient
from harness.parameters import microphone as of_microphone
from harness.sound import check_continuous, check_format, samples, stamps
import numpy as np
import pytest
from rig.clocks import system_ahead

pytestmark = pytest.mark.virtual('does not tell what it has sent')

SECONDS = int(os.environ.get('AV_CAPTURE_TEST_SECONDS', '6'))  # of sound of each format

# Of the webcams: rate [Hz], channels, error of the rate [ppm].
FORMATS = [(16000, 1, 400), (48000, 2, -400)]

STRAIGHT = 0.1  # [ms] by which stamps may be off a line
LATE = 0.3  # [ms] by which they may be off the time of acquisition,
EARLY = 2.0  # [ms] in the first second, when few have arrived and the rate is not known

LOST = [7200, 480]  # [audio frames] 150 and 10 ms
UNCERTAIN = 10  # [audio frames] 0.2 ms, by which the number of lost ones may be wrong


def test_sound_is_that_which_the_webcam_has_sent(av_capture, listener, webcams):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    diagnostics = listener.subscribe(DiagnosticArray, '/diagnostics')
    process = client = webcam = None
    for port, (rate, channels, ppm) in enumerate(FORMATS):
        # A packet of sound when it is due, as the bus of a real one has it.
        webcam = webcams(port, sample_rate=rate, channels=channels, ppm=ppm, batch=1)
        values = {'device': webcam.device, 'sample_rate': rate, 'channels': channels,
                  'block_size': rate // 10}
        if process is None:
            values['device'] = f"'{webcam.device}'"
            process = av_capture(*of_microphone(
                backend='alsa', allow_conversion=False, reconnect_interval=0.2, **values))
            client = ParameterClient(listener, '/microphone', process)
        else:
            client.change(**values)

        def of_this(blocks):
            return [block for block in blocks if block.epoch == port]
        told = len(diagnostics.so_far())
        blocks = of_this(inbox.wait_counted(
            SECONDS * 10, lambda blocks: len(of_this(blocks)), process, f'{SECONDS} s of sound'))
        check_format(blocks, rate // 10, rate, channels, 'S16LE', 2)
        check_continuous(blocks)
        # The very first blocks may have come before the listener was known to the node.
        missed = 0 if port else blocks[0].first_frame
        check_bits(webcam, blocks, missed)
        true_rate = rate * (1 + ppm * 1e-6)
        check_stamps(webcam, blocks, missed, true_rate)
        check_rate_error(diagnostics.so_far()[told:], ppm)
    check_losses(webcam, inbox, process, true_rate)
    process.end()


def check_bits(webcam, blocks, missed):
    """Require the samples that were sent, behind the missed ones since ALSA has asked for the first."""
    got = samples(blocks)
    first = webcam.record('sound stream')[-1]['first'] + missed
    sent = webcam.sound(first, len(got))
    different = np.flatnonzero((got != sent).any(axis=1))
    assert not different.size, f'{different.size} of {len(got)} audio frames differ, from {different[0]} on'


def check_stamps(webcam, blocks, missed, rate):
    """Require stamps of acquisition by a clock of this rate [Hz], which is the microphone's."""
    first_frame, stamp = stamps(blocks)
    stream = webcam.record('sound stream')[-1]['first']
    begun = next(each for each in webcam.record('sound') if each['first'] == stream)['instant']
    due = begun + (first_frame - first_frame[0] + missed) / rate * 1e9
    late = (stamp * 1e9 + nanoseconds(blocks[0].header.stamp) - system_ahead() - due) * 1e-6
    # Before, little is known of the rate.
    settled = slice(10, None)
    line = np.polyval(np.polyfit(first_frame[settled], stamp[settled], 1), first_frame[settled])
    off = np.abs(stamp[settled] - line).max() * 1e3
    print(f'{rate:.1f} Hz, {blocks[0].channels} channels: stamps {np.median(late):+.3f} '
          f'({late.min():+.3f} to {late.max():+.3f}) ms after acquisition, up to {off:.3f} ms off a line')
    assert np.abs(late).max() < EARLY, np.round(late, 3)
    assert np.abs(late[settled]).max() < LATE, np.round(late, 3)
    assert off < STRAIGHT


def check_rate_error(arrays, ppm):
    """Require that the diagnostics tell the microphone's rate error."""
    told = [pair.value for array in arrays for status in array.status for pair in status.values
            if pair.key == 'rate error [ppm]']
    print(f'rate error of {ppm:+} ppm told as {told}')
    assert abs(float(told[-1]) - ppm) < 10


def check_losses(webcam, inbox, process, rate):
    """
    Require that lost sound is counted by the clock.

    USB's sound has no number of its own: neither ALSA nor the node can know what the microphone
    has not sent, nor how much was overwritten in a full buffer. It is the time that tells.
    """
    for frames in LOST:
        before = last(inbox)
        webcam.command('lose', frames)
        check_count(webcam, before, next_epoch(inbox, before, process), rate)

    before = last(inbox)
    status = Path(f'/proc/asound/card{webcam.card}/pcm0c/sub0/status')
    process.send(signal.SIGSTOP)
    until(lambda: 'XRUN' in status.read_text(), 'an overrun', process)
    process.send(signal.SIGCONT)
    check_count(webcam, before, next_epoch(inbox, before, process), rate)


def last(inbox):
    """Return the newest block."""
    return inbox.so_far()[-1]


def next_epoch(inbox, before, process):
    """
    Return a block of the next epoch.

    The first has the rest of the period in which sound was lost, which it is not known where.
    """
    blocks = inbox.wait_until(lambda blocks: blocks[-1].epoch > before.epoch, process, 'a loss')
    return inbox.wait(len(blocks) + 1, process)[-1]


def check_count(webcam, before, after, rate):
    """Require that as many audio frames are counted between two blocks as the microphone acquired."""
    lost = after.lost_frames - before.lost_frames
    counted = after.first_frame - before.first_frame
    passed = (instant(webcam, after, rate) - instant(webcam, before, rate)) * 1e-9 * rate
    print(f'{lost} lost audio frames are counted, {counted - passed:+.1f} too many')
    assert lost > 0
    assert abs(counted - passed) < UNCERTAIN


def instant(webcam, block, rate):
    """Return when the microphone has acquired the first audio frame of a block [ns]."""
    beginning = bytes(block.data[:64])
    looked_at = []

    def found():
        for part in webcam.record('sound')[len(looked_at):]:
            looked_at.append(part)
            sent = webcam.sound(part['first'], part['frames'] + len(beginning)).tobytes()
            at = sent.find(beginning)
            if at >= 0:
                return part['instant'] + at / (2 * block.channels) / rate * 1e9
        return None
    # It records what it has sent once a second.
    return until(found, f'the record of the block at {block.first_frame}')

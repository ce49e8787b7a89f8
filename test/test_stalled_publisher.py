"""A subscriber that stands still and holds up publishing: what is lost is known to the frame."""

import re

from av_capture.msg import AudioData
from harness import wav
from harness.parameters import microphone
from harness.sound import samples
import numpy as np

RATE = 8000
BLOCK = 8  # [audio frames] so few that two histories of 5000 blocks fill in 10 s
FIFO = 2000  # [audio frames]


def test_every_frame_lost_to_a_stalled_publisher_is_counted(
        av_capture, listener, sleeper, tmp_path):
    noise = np.random.default_rng(4).uniform(-1, 1, (90 * RATE, 1))
    noise = np.round(wav.write(tmp_path / 'noise.wav', noise, RATE) * 32768).astype(int)
    # A reliable publisher that keeps all waits in publish() for the slowest subscriber:
    # for 100 ms, then it fails.
    inbox = listener.subscribe(AudioData, '/microphone/audio', depth=100000)
    process = av_capture(
        *microphone(source='file', device=tmp_path / 'noise.wav', block_size=BLOCK,
                    fifo_size=FIFO, spectrum__window_size=256),
        '--ros-args', '-p', 'qos_overrides./microphone/audio.publisher.history:=keep_all')
    sleeper.subscribe(AudioData, '/microphone/audio', keep_all=True)
    # It is told at once, then less and less often: meanwhile the ring runs over, several times.
    process.wait_for_line(r'messages could not be published in the last [2-9] s: ')
    process.wait_for_line(r'lost \d+ audio frames in the last [2-9] s, ')
    total = 0
    for line in process.lines('lost .* audio frames'):
        lost, since_start = re.search(r'lost (\d+) audio frames.*, (\d+) since the node', line).groups()
        total += int(lost)
        assert total == int(since_start)
    held = len(inbox.so_far())
    sleeper.close()
    blocks = inbox.wait_until(
        lambda blocks: len(blocks) > held + 1000 and blocks[-1].lost_frames > FIFO, process,
        'a second of sound after the stall')
    received = 0
    # Sound from before we were connected does not count.
    origin = blocks[0].first_frame - blocks[0].lost_frames
    for block in blocks:
        assert block.epoch == 0
        # All that is missing is counted, neither more nor less.
        assert block.first_frame - origin == received + block.lost_frames
        received += block.frame_count
    # And what is there is where it says it is.
    indices = np.concatenate([np.arange(b.first_frame, b.first_frame + b.frame_count)
                              for b in blocks])
    np.testing.assert_array_equal(samples(blocks)[:, 0], noise[indices, 0])

"""A process that was stopped: what it was too late for is missing, counted, and nothing else."""

import itertools
import signal
import time

from av_capture.msg import AudioData
from harness.fifo import Player
from harness.listener import nanoseconds
from harness.parameters import microphone
from harness.sound import check_format
import numpy as np

RATE = 44100
STOPPED = 8.0  # [s] longer than a sound server keeps what nobody takes
BOUND = 0.05  # [s] within which the node reports size and place of a loss


def test_sound_that_the_server_dropped_is_counted(av_capture, listener, pulse):
    noise = np.random.default_rng(3).integers(-2**15, 2**15, 120 * RATE).astype('<i2').tobytes()
    fifo = pulse.add_pipe_source('pipe', RATE)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    # fifo_size holds all that the server kept: our own drops are tested elsewhere.
    process = av_capture(*microphone(backend='pulseaudio', device='pipe', fifo_size=20 * RATE),
                         environment=pulse.environment)
    player = Player(fifo, noise, RATE)
    try:
        # Longer than the node takes for a sound system's start.
        inbox.wait_counted(5 * RATE, lambda blocks: blocks[-1].first_frame if blocks else 0,
                           process, '5 s of sound')
        process.send(signal.SIGSTOP)
        time.sleep(STOPPED)  # this is the case tested
        process.send(signal.SIGCONT)
        blocks = inbox.wait_counted(300, lambda blocks: sum(block.epoch == 1 for block in blocks),
                                    process, '3 s of epoch 1')
    finally:
        player.close()
    assert process.lines('dropped some'), process.text()
    check_gap(blocks[:-1], noise)


def check_gap(blocks, noise):
    """Require that epoch 0 and epoch 1 are the noise, and the step between them is what it says."""
    epochs = [[block for block in blocks if block.epoch == epoch] for epoch in (0, 1)]
    assert len(epochs[0]) + len(epochs[1]) == len(blocks)
    start = next(i for i, block in enumerate(epochs[0])
                 if noise.find(bytes(block.data)) >= 0)  # before it there is silence
    first = epochs[0][start]
    at = {}  # the place in the noise of each block that lies there in one piece, by first_frame
    origin = None
    splices = []  # blocks inside which sound is missing: the server may drop it in pieces
    for block in epochs[0][start:] + epochs[1]:
        place = noise.find(bytes(block.data))
        if place < 0:
            splices.append(block)
            continue
        if origin is None:
            origin = place // 2 - block.first_frame
        at[block.first_frame] = place // 2 - origin - block.first_frame
    check_format(list(epochs[0][start:-1]))
    gap = epochs[1][0].first_frame - epochs[0][-1].first_frame - epochs[0][-1].frame_count
    assert gap > RATE, 'more than a second must be missing after so long a stop'
    off = np.array(list(at.values()))
    print(f'{gap} audio frames are said to be missing; indices are off by {sorted(set(off))}')
    # In the end the indices are right within the bound; the loss lies where they say it is.
    assert abs(off[-1]) < BOUND * RATE, off[-1]
    misplaced = np.count_nonzero(np.abs(off) >= BOUND * RATE) + len(splices)
    assert misplaced * first.frame_count < BOUND * RATE, misplaced
    for before, block in itertools.pairwise(blocks):
        if before.epoch == block.epoch:
            assert block.first_frame == before.first_frame + before.frame_count
        assert nanoseconds(block.header.stamp) >= nanoseconds(before.header.stamp)
    last = blocks[-1]
    received = sum(block.frame_count for block in blocks)
    assert last.lost_frames == gap
    assert last.first_frame + last.frame_count - blocks[0].first_frame == received + gap
    # The stamps run on as if nothing had been lost: at the rate of the player. The first one is
    # as late as the sound system's first word was, which nobody can know then.
    known = next(block for block in epochs[0] if block.first_frame > 4 * RATE)
    elapsed = (nanoseconds(last.header.stamp) - nanoseconds(known.header.stamp)) * 1e-9
    assert abs((last.first_frame - known.first_frame) / RATE - elapsed) < BOUND

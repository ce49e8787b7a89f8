"""av_capture/AudioData as numpy arrays."""

import itertools

import numpy as np

from .listener import nanoseconds


def check_continuous(blocks):
    """Require consecutive blocks: no gap, one epoch, nothing lost."""
    for before, block in itertools.pairwise(blocks):
        step = block.first_frame - before.first_frame - before.frame_count
        assert step == 0, f'{step} audio frames lost before {block.first_frame}'
        assert block.epoch == before.epoch, f'a new epoch before {block.first_frame}'
        assert nanoseconds(block.header.stamp) >= nanoseconds(before.header.stamp)
    assert {block.lost_frames for block in blocks} == {blocks[0].lost_frames}


def check_format(blocks, frames=441, rate=44100, channels=1, encoding='S16LE', size=2):
    """Require that every block has this format and the data for it."""
    for block in blocks:
        assert (block.frame_count, block.sample_rate, block.channels, block.encoding) == (
            frames, rate, channels, encoding)
        assert len(block.data) == frames * channels * size


def is_noise(block):
    """Return whether a block has noise, rather than one repeated value."""
    return len(set(block.data)) > 16


def joined(blocks):
    """Return the bytes of all blocks."""
    return b''.join(bytes(block.data) for block in blocks)


def samples(blocks):
    """Return the S16LE samples of all blocks as integers, frames x channels."""
    return np.frombuffer(joined(blocks), '<i2').reshape(-1, blocks[0].channels)


def stamps(blocks):
    """Return first_frame and the stamp [s since the first block's], as two arrays."""
    start = nanoseconds(blocks[0].header.stamp)
    return (np.array([block.first_frame for block in blocks], float),
            np.array([nanoseconds(block.header.stamp) - start for block in blocks]) * 1e-9)

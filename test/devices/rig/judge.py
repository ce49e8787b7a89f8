"""Requirements of a node while devices come and go."""

import itertools

from harness.listener import nanoseconds

# Log lines for a device that works again.
BACK = r'is back|capturing again'


def check_said_once(process):
    """Require that a failure was logged, and no line twice."""
    said = [line.split(']: ', 1)[-1] for line in process.lines('ERROR')]
    assert said, process.text()
    assert len(said) == len(set(said)), process.text()


def check_growing(messages):
    """Require stamps that never decrease."""
    stamps = [nanoseconds(message.header.stamp) for message in messages]
    assert stamps == sorted(stamps)


def check_undisturbed(blocks):
    """Require that a microphone ran without a loss since the first of its blocks."""
    check_growing(blocks)
    states = sorted({(block.epoch, block.lost_frames) for block in blocks})
    assert len(states) == 1, f'sound was lost: epoch and lost frames were {states}'
    assert all(block.first_frame >= before.first_frame + before.frame_count
               for before, block in itertools.pairwise(blocks))

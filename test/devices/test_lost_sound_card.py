"""A sound card whose cable moved: said once, captured again; the camera never notices."""

import os

from av_capture.msg import AudioData
from harness.deadline import until
from harness.listener import nanoseconds
from rig.judge import BACK, check_growing, check_said_once, check_undisturbed
from rig.resources import resources
from sensor_msgs.msg import Image

RATE = 44100  # [Hz]

AGAIN = int(os.environ.get('AV_CAPTURE_TEST_UNPLUGS', '12'))  # unplugs in a row
WARM_UP = 5  # of them, after which nothing more is kept

# The memory that Go keeps moves by up to 2 MB, up and down, in 50 unplugs as in 15.
MEMORY = 4 << 20  # [bytes]


def test_sound_card_comes_back(av_capture, listener, sound_card, on_both):
    images = listener.subscribe(Image, '/camera/image_raw')
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*on_both)
    images.wait(1, process)
    inbox.wait(20, process)
    sound_card.unplug()
    process.wait_for_line('ERROR')
    until(lambda: not sound_card.is_there, 'the card is let go', process)
    # 2 s of images, in which there are some ten tries.
    images.wait(len(images.so_far()) + 60, process)
    check_said_once(process)
    listener.wait_for_nodes(['/camera', '/microphone'], process)
    sound_card.plug()
    blocks = inbox.wait_counted(
        20, lambda blocks: sum(block.epoch == 1 for block in blocks), process,
        '20 blocks of epoch 1')
    assert len(process.lines(BACK)) == 1, process.text()
    process.end()
    before = [block for block in blocks if block.epoch == 0]
    after = [block for block in blocks if block.epoch == 1]
    assert len(before) + len(after) == len(blocks)
    check_growing(blocks)
    check_undisturbed(before)
    check_undisturbed(after)
    check_growing(images.so_far())
    lost = after[0].first_frame - before[-1].first_frame - before[-1].frame_count
    assert lost > 0
    assert after[0].lost_frames - before[-1].lost_frames == lost
    # The index goes on as if sound had run through the gap.
    elapsed = (nanoseconds(after[0].header.stamp) - nanoseconds(before[-1].header.stamp)) * 1e-9
    assert abs((lost + before[-1].frame_count) / RATE - elapsed) < 0.1


def test_sound_card_that_is_unplugged_again_and_again(
        av_capture, listener, sound_card, on_sound_card):
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture('--nodes', 'microphone', *on_sound_card,
                         environment={'MALLOC_ARENA_MAX': '1'})
    before = None
    for number in range(AGAIN):
        inbox.wait(len(inbox.so_far()) + 1, process)
        if number == WARM_UP:
            before = resources(process)
        sound_card.unplug()
        until(lambda: len(process.lines('ERROR.*device lost')) > number, 'the loss', process)
        sound_card.plug()
        until(lambda: len(process.lines(BACK)) > number, 'the return', process)
    blocks = inbox.wait(len(inbox.so_far()) + 1, process)
    after = resources(process)
    print(f'before {before}, after {after}')
    assert after['descriptors'] <= before['descriptors']
    # Go's runtime starts a thread now and then.
    assert after['threads'] <= before['threads'] + 4
    assert after['resident'] - before['resident'] < MEMORY
    # A loss is noticed by the system's word. Until the silence were long enough miniaudio would
    # keep a core busy.
    assert not process.lines('no sound for'), process.text()
    assert blocks[-1].epoch >= AGAIN
    process.end()
    check_growing(blocks)

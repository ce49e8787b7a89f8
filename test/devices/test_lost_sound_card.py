"""A sound card whose cable moved: said once, captured again; the camera never notices."""

from av_capture.msg import AudioData
from harness.deadline import until
from harness.listener import nanoseconds
from rig.judge import BACK, check_growing, check_said_once, check_undisturbed
from sensor_msgs.msg import Image

RATE = 44100  # [Hz]


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
    blocks = inbox.wait_until(
        lambda blocks: sum(block.epoch == 1 for block in blocks) >= 20, process,
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

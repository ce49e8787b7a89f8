"""A WAV file plays as a microphone, byte for byte, at its own rate."""

import wave

from av_capture.msg import AudioData
from harness.parameters import microphone
from harness.sound import check_continuous, joined, stamps
import numpy as np

RATE, CHANNELS, FRAMES = 22050, 2, 22050


def write_noise(path, frames=FRAMES):
    """Write a WAV file of noise and return its samples as bytes."""
    noise = np.random.default_rng(1).integers(-2**15, 2**15, (frames, CHANNELS)).astype('<i2')
    with wave.open(str(path), 'wb') as file:
        file.setnchannels(CHANNELS)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(noise.tobytes())
    return noise.tobytes()


def test_samples_are_the_files(av_capture, listener, tmp_path):
    path = tmp_path / 'noise.wav'
    content = write_noise(path)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    # Rate, channels and format are the file's, whatever the parameters say.
    process = av_capture(*microphone(
        source='file', device=path, loop=True, sample_rate=48000, channels=1))
    blocks = inbox.wait_counted(
        2.5 * FRAMES, lambda messages: (messages and
        sum(m.frame_count for m in messages) + messages[0].first_frame) or 0,
        process, 'the file two and a half times')
    for block in blocks:
        assert (block.sample_rate, block.channels, block.encoding) == (RATE, CHANNELS, 'S16LE')
        assert len(block.data) == block.frame_count * CHANNELS * 2
    check_continuous(blocks)
    assert blocks[-1].lost_frames == 0
    size = 2 * CHANNELS
    start = blocks[0].first_frame * size
    got = joined(blocks)
    # first_frame counts from the file's first audio frame, and again through every repeat.
    assert got == (content * 4)[start:start + len(got)]


def test_file_without_loop_arrives_to_its_last_byte(av_capture, listener, tmp_path):
    path = tmp_path / 'noise.wav'
    content = write_noise(path, 12 * FRAMES + 100)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='file', device=path))
    end = 12 * FRAMES + 100
    blocks = inbox.wait_counted(
        end, lambda messages: (messages and
        messages[-1].first_frame + messages[-1].frame_count) or 0, process, 'the last block')
    process.wait_for_line('loop')  # what to set to hear it again
    check_continuous(blocks)
    assert joined(blocks) == content[blocks[0].first_frame * 2 * CHANNELS:]


def test_stamps_follow_the_files_rate(av_capture, listener, tmp_path):
    path = tmp_path / 'noise.wav'
    write_noise(path)
    inbox = listener.subscribe(AudioData, '/microphone/audio')
    process = av_capture(*microphone(source='file', device=path, loop=True))
    blocks = inbox.wait(200, process)
    first_frame, stamp = stamps(blocks)
    slope, _offset = np.polyfit(first_frame, stamp, 1)
    assert abs(slope * RATE - 1) < 0.01

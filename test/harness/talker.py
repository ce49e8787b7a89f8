"""Publishers of sound that we did not write: rclpy."""

from av_capture.msg import AudioData
import numpy as np
from rclpy.qos import QoSProfile, ReliabilityPolicy

from .deadline import until

SIZES = {'S16LE': 2, 'S24LE': 3, 'S32LE': 4, 'F32LE': 4, 'U8': 1}  # [bytes] of one sample


def noise(frames, channels=1, encoding='S16LE', seed=1):
    """Return audio frames of noise as bytes."""
    random = np.random.default_rng(seed)
    if encoding == 'F32LE':
        return random.uniform(-1, 1, frames * channels).astype('<f4').tobytes()
    return random.bytes(frames * channels * SIZES[encoding])


def silence(frames, channels=1, encoding='S16LE'):
    """Return audio frames of silence as bytes."""
    return frames * channels * (b'\x80' if encoding == 'U8' else bytes(SIZES[encoding]))


class Talker:
    """Publishes sound on a topic."""

    def __init__(self, listener, topic='/microphone/audio', reliable=True):
        """Make the publisher."""
        reliability = ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
        self._publisher = listener.node.create_publisher(
            AudioData, topic, QoSProfile(reliability=reliability, depth=1000))

    def wait(self, process):
        """Wait until somebody listens."""
        until(self._publisher.get_subscription_count, 'a subscription', process)

    def say(self, data, first=0, rate=44100, channels=1, encoding='S16LE', epoch=0):
        """Publish one block; return the index one past it."""
        frames = len(data) // (channels * SIZES[encoding])
        self._publisher.publish(AudioData(
            first_frame=first, epoch=epoch, frame_count=frames, sample_rate=rate,
            channels=channels, encoding=encoding, data=data))
        return first + frames

    def say_all(self, data, first=0, block=441, **form):
        """Publish blocks; return the index one past them."""
        size = block * form.get('channels', 1) * SIZES[form.get('encoding', 'S16LE')]
        for at in range(0, len(data), size):
            first = self.say(data[at:at + size], first, **form)
        return first

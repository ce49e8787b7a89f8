"""Publishers of sound, by rclpy."""

from av_capture.msg import AudioData
import numpy as np
from rclpy.duration import Duration
from rclpy.qos import QoSProfile, ReliabilityPolicy
from rclpy.time import Time
from std_msgs.msg import Header

from .deadline import until

SIZES = {'S16LE': 2, 'S24LE': 3, 'S32LE': 4, 'F32LE': 4, 'U8': 1}  # [bytes] of one sample


# Invalid values of AudioData's fields, as any peer may send them.
BROKEN = [
    {'frame_count': 7},
    {'frame_count': 2**32 - 1},
    {'encoding': 'MP3'},
    {'encoding': 'S16LE' * 10**5},
    {'sample_rate': 0},
    {'sample_rate': 2**32 - 1, 'channels': 254, 'encoding': 'U8', 'data': bytes(508)},
    {'channels': 0},
    {'channels': 2**16 - 1, 'data': bytes(4 * (2**16 - 1))},
    {'first_frame': 2**63},
    {'first_frame': 2**64 - 1},
    {'data': b''},
    {'data': bytes(10**6)},
]


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

    def __init__(self, listener, topic='/microphone/audio', reliable=True, depth=1000):
        """Make the publisher, in which depth messages can wait."""
        reliability = ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT
        self._publisher = listener.node.create_publisher(
            AudioData, topic, QoSProfile(reliability=reliability, depth=depth))

    def wait(self, process, count=1):
        """Wait for subscriptions."""
        until(lambda: self._publisher.get_subscription_count() >= count, 'subscriptions', process)

    def wait_for_arrival(self):
        """Wait until everything published has arrived."""
        assert self._publisher.wait_for_all_acked(Duration(seconds=10))

    def say(self, data, first=0, rate=44100, channels=1, encoding='S16LE', epoch=0, stamp=0):
        """Publish one block, stamped [ns]; return the index one past it."""
        frames = len(data) // (channels * SIZES[encoding])
        self._publisher.publish(AudioData(
            header=Header(stamp=Time(nanoseconds=stamp).to_msg()),
            first_frame=first, epoch=epoch, frame_count=frames, sample_rate=rate,
            channels=channels, encoding=encoding, data=data))
        return first + frames

    def say_broken(self):
        """Publish one message of each invalid kind."""
        for fields in BROKEN:
            self._publisher.publish(AudioData(**{
                'frame_count': 2, 'sample_rate': 44100, 'channels': 1, 'encoding': 'S16LE',
                'data': b'1234', **fields}))

    def say_all(self, data, first=0, block=441, **form):
        """Publish blocks; return the index one past them."""
        size = block * form.get('channels', 1) * SIZES[form.get('encoding', 'S16LE')]
        for at in range(0, len(data), size):
            first = self.say(data[at:at + size], first, **form)
        return first

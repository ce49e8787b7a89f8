"""What an image and a block of sound cost where there are many, or where they are large."""

import contextlib
import time

from publisher import Publisher
from receiver import Receiver

SECONDS = 8.0


def measured(publishers, receivers, messages):
    """Return the CPU time of publishers for each 1000 messages [s]; messages is their rate [1/s]."""
    for receiver in receivers:
        receiver.wait()
    time.sleep(1.0)
    before, start = [p.processor_time() for p in publishers], time.monotonic()
    time.sleep(SECONDS)
    spent = sum(p.processor_time() - x for p, x in zip(publishers, before))
    return {'cpu': 1000 * spent / ((time.monotonic() - start) * messages)}


def cameras(domain, *, cameras, processes, rate):
    """Return the cost of an image of 640x480, of so many cameras in so many processes."""
    names = [f'camera{i}' for i in range(cameras)]
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(Receiver(domain, *(f'/{name}/image_raw' for name in names)))
        publishers = [stack.enter_context(Publisher(
            domain, [f'{name}=camera' for name in names[i::processes]],
            **{f'{name}__framerate': float(rate) for name in names[i::processes]}))
            for i in range(processes)]
        return measured(publishers, [receiver], cameras * rate)


def subscribers(domain, *, subscribers, rate, width, height):
    """Return the cost of an image for so many processes that take it."""
    with contextlib.ExitStack() as stack:
        receivers = [stack.enter_context(Receiver(domain, '/camera/image_raw'))
                     for _ in range(subscribers)]
        publisher = stack.enter_context(Publisher(
            domain, ['camera'], camera__framerate=float(rate), camera__image_width=width,
            camera__image_height=height))
        return measured([publisher], receivers, rate)


def sound(domain, *, channels, sample_rate):
    """Return the cost of a block of 10 ms of sound."""
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(Receiver(domain, '/microphone/audio'))
        publisher = stack.enter_context(Publisher(domain, ['microphone'], **{
            'microphone__channels': channels, 'microphone__sample_rate': sample_rate,
            'microphone__block_size': sample_rate // 100,
            'microphone__synthetic.signal': 'impulses'}))  # which cost nothing to make
        return measured([publisher], [receiver], 100.0)

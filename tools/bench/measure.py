"""Measurements: one publisher, some subscribers in processes of their own."""

import contextlib
import json
import os
import subprocess
import sys
import time

from publisher import environment, Publisher

FOLDER = os.path.dirname(os.path.abspath(__file__))
SUBSCRIBER = os.path.join(FOLDER, 'subscriber.py')
ALL_INFO = os.path.join(FOLDER, 'publisher.yaml')
BLOCK = 441 / 44100  # [s] of sound in a message
PROFILES = 16060  # the port for Go's profiles
ENDLESS = ('--count', 10**9, '--limit', 10**9)


def percentile(values, percent):
    """Return the nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


class Subscriber:
    """A running subscriber.py."""

    def __init__(self, domain, topic, *options):
        """Start it."""
        self._child = subprocess.Popen(
            [sys.executable, SUBSCRIBER, topic, *map(str, options)], env=environment(domain),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def line(self):
        """Wait for its next line."""
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError(f'a subscriber ended with status {self._child.wait()}')
        return line

    def __enter__(self):
        """Return it."""
        return self

    def __exit__(self, *_):
        """End it."""
        self._child.stdin.close()
        try:
            self._child.wait(20)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()


def arrivals(result):
    """Return latency [ms] and loss [%] out of a subscriber's result."""
    latencies = [1000 * seconds for seconds in result['latency']]
    if not latencies:  # hardly anything came
        return {'lost': 100.0}
    return {'p50': percentile(latencies, 50), 'p99': percentile(latencies, 99),
            'lost': 100 * result['lost'], 'skipped': 100 * result['skipped']}


def images(domain, *, transport='ours', width=640, height=480, rate=30.0, count=100,
           subscribers=1, best_effort=False, raw=False):
    """Return CPU per 1000 images [s], latencies [ms], loss [%] and time to the first image [s]."""
    options = ['--period', 1 / rate, '--count', count, '--published', '/camera/camera_info',
               *(['--best-effort'] if best_effort else []), *(['--raw'] if raw else [])]
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(Subscriber(domain, '/camera/image_raw', *options))
                   for _ in range(subscribers)]
        publisher = stack.enter_context(Publisher(
            domain, ['camera'], transport, [ALL_INFO], camera__image_width=width,
            camera__image_height=height, camera__framerate=float(rate)))
        for reader in readers:
            reader.line()
        before, start = publisher.processor_time(), time.monotonic()
        results = [json.loads(reader.line()) for reader in readers]
        spent, lasted = publisher.processor_time() - before, time.monotonic() - start
    result = {'cpu': 1000 * spent / (lasted * rate), 'core': 100 * spent / lasted,
              **arrivals(results[0])}
    if results[0]['first_arrival']:
        result['first'] = results[0]['first_arrival'] - publisher.started
    return result


def stream(domain, *, kind, topic, rate=30.0, count=150):
    """
    Return what a compressed topic at 1920x1080 costs to one subscriber.

    That is Mbit/s, latencies [ms], loss [%], and the CPU time of the publisher with its
    ffmpeg, as the share of a core [%].
    """
    with Subscriber(domain, topic, '--type', kind, '--raw', '--period', 1 / rate, '--warm', 40,
                    '--count', count, '--depth', 60, '--limit', 60) as reader, Publisher(
            domain, ['camera'], camera__image_width=1920, camera__image_height=1080,
            camera__framerate=rate) as publisher:
        reader.line()
        before, start = publisher.whole_processor_time(), time.monotonic()
        result = json.loads(reader.line())
        spent, lasted = publisher.whole_processor_time() - before, time.monotonic() - start
    periods = result['due'] or 1
    return {'bandwidth': 8e-6 * result['bytes'] * rate / periods, **arrivals(result),
            'core': 100 * spent / lasted}


def idle(domain, *, camera=None, microphone=False, seconds=8.0):
    """Return the CPU time of a publisher that nobody listens to, with images of a size."""
    nodes, parameters = [], {}
    if camera:
        nodes.append('camera')
        parameters.update(camera__image_width=camera[0], camera__image_height=camera[1])
    if microphone:
        nodes.append('microphone')
        parameters['microphone__synthetic.signal'] = 'impulses'  # which cost nothing to make
    with Publisher(domain, nodes, **parameters) as publisher:
        time.sleep(3.0)  # it has no line that says when it captures
        before, woken, start = publisher.processor_time(), publisher.wakeups(), time.monotonic()
        time.sleep(seconds)
        spent, lasted = publisher.processor_time() - before, time.monotonic() - start
        count = publisher.wakeups() - woken
    result = {'core': 100 * spent / lasted, 'wakeups': count / lasted}
    return result if camera else {**result, 'woken': result['wakeups'] * BLOCK}


def sound(domain, *, transport='ours', count=300, camera=False, priority=0):
    """
    Return latencies [ms], loss [%] and wake-ups per block of sound, with 1080p images if wanted.

    The priority is a real-time one of who hears it, 0 for none.
    """
    sizes = {'camera__image_width': 1920, 'camera__image_height': 1080,
             'camera__framerate': 30.0} if camera else {}
    with contextlib.ExitStack() as stack:
        heard = stack.enter_context(Subscriber(
            domain, '/microphone/audio', '--type', 'audio', '--period', BLOCK,
            '--count', count, '--warm', 100, '--depth', 50, '--priority', priority))
        if camera:
            stack.enter_context(Subscriber(
                domain, '/camera/image_raw', '--period', 1 / 30, *ENDLESS, '--raw'))
        publisher = stack.enter_context(Publisher(
            domain, ['camera', 'microphone'] if camera else ['microphone'], transport, **sizes))
        heard.line()
        woken, start = publisher.wakeups(), time.monotonic()
        result = json.loads(heard.line())
        blocks = (time.monotonic() - start) / BLOCK
        return {'woken': (publisher.wakeups() - woken) / blocks, **arrivals(result)}


def memory(domain, *, width, height, minutes):
    """
    Return resident memory [MiB] after each of the minutes, and what it consists of at the end.

    Images and sound are subscribed to.
    """
    with contextlib.ExitStack() as stack:
        readers = [
            stack.enter_context(Subscriber(domain, topic, *options, *ENDLESS))
            for topic, options in (('/camera/image_raw', ['--period', 1 / 30, '--raw']),
                                   ('/microphone/audio', ['--type', 'audio', '--period', BLOCK]))]
        publisher = stack.enter_context(Publisher(
            domain, ['camera', 'microphone'], camera__image_width=width,
            camera__image_height=height, camera__framerate=30.0, camera__pprof_port=PROFILES))
        start, result, found = time.monotonic(), {}, {}
        for reader in readers:
            reader.line()
        for minute in minutes:
            time.sleep(max(0.0, start + 60 * minute - time.monotonic()))
            found = publisher.memory(PROFILES)
            result[f'{minute:g} min [MiB]'] = found['whole']
        return result | {f'{kind} [MiB]': size for kind, size in found.items() if kind != 'whole'}

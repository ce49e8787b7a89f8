"""Measurements: one publisher, some subscribers in processes of their own."""

import contextlib
import json
import os
import subprocess
import sys
import time

from publisher import environment, Publisher

SUBSCRIBER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'subscriber.py')
BLOCK = 441 / 44100  # [s] of sound in a message


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
    """Return what a subscriber's result says of latency [ms] and loss [%]."""
    latencies = [1000 * seconds for seconds in result['latency']]
    return {'p50': percentile(latencies, 50), 'p99': percentile(latencies, 99),
            'lost': 100 * result['lost']}


def images(domain, *, transport='ours', width=640, height=480, rate=30.0, count=100,
           subscribers=1, best_effort=False):
    """Return CPU per 1000 images [s], latencies [ms], loss [%] and time to the first image [s]."""
    options = ['--period', 1 / rate, '--count', count,
               *(['--best-effort'] if best_effort else [])]
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(Subscriber(domain, '/camera/image_raw', *options))
                   for _ in range(subscribers)]
        publisher = stack.enter_context(Publisher(
            domain, ['camera'], transport, camera__image_width=width,
            camera__image_height=height, camera__framerate=float(rate)))
        if not readers:
            return alone(publisher, count / rate, rate)
        for reader in readers:
            reader.line()
        before = publisher.processor_time()
        results = [json.loads(reader.line()) for reader in readers]
        spent = publisher.processor_time() - before
    return {'cpu': 1000 * spent / results[0]['due'], **arrivals(results[0]),
            'first': results[0]['first_arrival'] - publisher.started}


def alone(publisher, seconds, rate):
    """Return the CPU time of a publisher that nobody listens to."""
    time.sleep(2.0)  # it has no line that says when it captures
    before, start = publisher.processor_time(), time.monotonic()
    time.sleep(seconds)
    spent, lasted = publisher.processor_time() - before, time.monotonic() - start
    return {'cpu': 1000 * spent / (lasted * rate), 'core': 100 * spent / lasted}


def sound(domain, *, transport='ours', count=300, camera=False):
    """Return latencies [ms] and loss [%] of sound, with 1080p images beside it if wanted."""
    sizes = {'camera__image_width': 1920, 'camera__image_height': 1080,
             'camera__framerate': 30.0} if camera else {}
    with contextlib.ExitStack() as stack:
        heard = stack.enter_context(Subscriber(
            domain, '/microphone/audio', '--type', 'audio', '--period', BLOCK,
            '--count', count, '--warm', 100, '--depth', 50))
        if camera:
            stack.enter_context(Subscriber(
                domain, '/camera/image_raw', '--period', 1 / 30, '--count', 10**9, '--raw'))
        stack.enter_context(Publisher(
            domain, ['camera', 'microphone'] if camera else ['microphone'], transport, **sizes))
        heard.line()
        return arrivals(json.loads(heard.line()))


def memory(domain, *, minutes):
    """Return resident memory [MiB] after each of the minutes, images and sound subscribed to."""
    with contextlib.ExitStack() as stack:
        for topic, options in (('/camera/image_raw', ['--period', 1 / 30]),
                               ('/microphone/audio', ['--type', 'audio', '--period', BLOCK])):
            stack.enter_context(Subscriber(domain, topic, *options, '--count', 10**9))
        publisher = stack.enter_context(Publisher(
            domain, ['camera', 'microphone'], camera__image_width=1920,
            camera__image_height=1080, camera__framerate=30.0))
        start, result = time.monotonic(), {}
        for minute in minutes:
            time.sleep(max(0.0, start + 60 * minute - time.monotonic()))
            own, whole = publisher.memory()
            result[f'own {minute:g} min'] = own
            result[f'with shared {minute:g} min'] = whole
        return result

"""
Counts in the guest the instructions that a camera driver takes for an image.

    devices.py FOLDER OUT [TURNS [PATTERN]]

FOLDER has pictures named 640x480.YUYV, 640x480.MJPG and so on; a camera of v4l2loopback gives
each driver the same one, again and again. Drivers that are installed beside ours take turns with
it. Results go into OUT as devices.json and devices.md; TURNS repeats all (1), PATTERN chooses
cases by a regular expression.

The guest's clock advances by a fixed time for each instruction, so that the processor time of a
process is its number of instructions, in its own code and in the kernel on its behalf. An image
is sent when the one before has long been published, and the count is read between two of
them: whole images are counted. What the process does in a second, with or without images, is told
from that by a second count at a lower rate. The kernel samples by ticks what part of the time is
its own, which is too coarse to be told.
"""

import contextlib
import json
import os
from pathlib import Path
import re
import signal
import statistics
import subprocess
import sys
import threading
import time

sys.path[:0] = ['test', 'test/devices']

from ament_index_python.packages import get_package_share_directory  # noqa: E402
from drivers import DRIVERS, JOBS  # noqa: E402
from harness.deadline import until  # noqa: E402
from harness.process import Process  # noqa: E402
from harness.usage import processor_time  # noqa: E402
import rclpy  # noqa: E402
from rclpy.executors import SingleThreadedExecutor  # noqa: E402
from rclpy.qos import QoSProfile  # noqa: E402
from report import table  # noqa: E402
from rig import loopback  # noqa: E402
from sensor_msgs.msg import CompressedImage, Image  # noqa: E402

PER_SECOND = 500e6  # instructions, see tools/guest/run.sh
SIZES = {(640, 480): (15.0, 30), (1920, 1080): (4.0, 10)}  # images/s, images to count
SLOWER = 3  # times, of the second count
WARM = 6  # images before counting
SETTLED = 3.0  # [s] for the graph to become known to all, after a start


class Reader:
    """One subscriber, in this process, that leaves messages serialised."""

    def __init__(self):
        """Start it, without a subscription."""
        rclpy.init(args=[])
        self._node = rclpy.create_node('bench_reader')
        executor = SingleThreadedExecutor()
        executor.add_node(self._node)
        threading.Thread(target=executor.spin, daemon=True).start()
        self.count = 0  # messages so far

    def _take(self, _):
        self.count += 1

    @contextlib.contextmanager
    def subscribed(self, task):
        """Subscribe, reliably, to what a task publishes."""
        subscription = self._node.create_subscription(
            CompressedImage if task.compressed else Image, task.topic, self._take,
            QoSProfile(depth=10), raw=True)
        try:
            yield
        finally:
            self._node.destroy_subscription(subscription)


class Measured(Process):
    """A driver, whose instructions are counted."""

    def __init__(self, command):
        """Start it."""
        super().__init__(command[1:], {}, command=command[:1])

    def check_running(self, what):
        """Fail if it has ended."""
        assert self.running, f'{what}: ended\n{self.text()}'

    def instructions(self):
        """Return those of all its threads so far."""
        return PER_SECOND * processor_time(self.pid)

    def end(self):
        """End it as a user does, so that it leaves no shared memory behind."""
        self._child.send_signal(signal.SIGINT)
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for reader in self._readers:
            reader.join()


def count(process, stream, image, images, rate):
    """Return the instructions and the time [s] that some images take at a rate."""
    stream.rate = rate
    before, start = process.instructions(), time.monotonic()
    stream.send(*[image] * images)
    time.sleep(1 / rate)  # until the last one has been published
    return process.instructions() - before, time.monotonic() - start


def separate(process, stream, image, images):
    """
    Return the instructions for an image, and those that each second takes beside.

    The same number of images at two rates tells one from the other; a camera that gives none is
    a failure to some drivers, which they treat.
    """
    rate = stream.rate
    first, slow, last = (count(process, stream, image, images, r)
                         for r in (rate, rate / SLOWER, rate))
    stream.rate = rate
    # What grows or shrinks evenly meanwhile cancels out.
    quick, short = (first[0] + last[0]) / 2, (first[1] + last[1]) / 2
    beside = (slow[0] - quick) / (slow[1] - short)
    return {'image': (quick - beside * short) / images, 'second': beside}


def measure(driver, task, camera, stream, image, images, reader):
    """Return what a task takes, without a subscriber and with one, and what arrived."""
    process = Measured(driver.command(task, camera.path, stream.width, stream.height, stream.rate))
    try:
        stream.wait_for_reader(process)
        stream.send(*[image] * WARM)
        time.sleep(SETTLED)
        alone = separate(process, stream, image, images)
        with reader.subscribed(task):
            seen = reader.count

            def heard():
                stream.send(image)
                return reader.count > seen
            until(heard, f'a message in {task.topic}', process)
            stream.send(*[image] * WARM)
            time.sleep(1 / stream.rate)
            seen, sent = reader.count, stream.written
            subscribed = separate(process, stream, image, images)
            arrived = (reader.count - seen) / (stream.written - sent)
    except AssertionError as error:
        raise AssertionError(f'{error}\n{process.text()}') from error
    finally:
        process.end()
    return {'alone': alone, 'subscribed': subscribed, 'arrived': arrived}


def cases(pattern):
    """Return (size, job, driver, task) of all that is installed."""
    found = [(size, job, driver, task) for size in SIZES for job in JOBS for driver in DRIVERS
             if driver.installed for its, task in driver.tasks if its is job]
    return [case for case in found if re.search(pattern, label(*case))]


def label(size, job, driver, task):
    """Return a case's name."""
    return f'{size[0]}x{size[1]}, {job.name}: {driver.name}, {task.encoding}'


def markdown(results, versions):
    """Return the table."""
    def cell(runs, key, part):
        values = [run[key][part] / 1e6 for run in runs]
        spread = f' ({min(values):.3f}–{max(values):.3f})' if len(values) > 1 else ''
        return f'{statistics.median(values):.3f}{spread}'
    rows = [[name, cell(runs, 'alone', 'image'), cell(runs, 'subscribed', 'image'),
             cell(runs, 'alone', 'second'), cell(runs, 'subscribed', 'second'),
             f"{statistics.mean(run['arrived'] for run in runs):.2f}"]
            for name, runs in results.items() if runs]
    return 'Millions of instructions; ' + ', '.join(
        f'{name} {version}' for name, version in versions.items()) + '.\n\n' + table(
        ['', 'an image, nobody listening', 'one subscriber', 'each second beside, nobody',
         'one subscriber', 'messages for an image'], rows) + '\n'


def main(folder, out, turns='1', pattern=''):
    """Measure all."""
    os.environ.update({
        'ROS_DOMAIN_ID': '1', **{
            f'{name}_DEFAULT_PROFILES_FILE': os.path.join(
                get_package_share_directory('av_capture'), 'config', 'fastdds.xml')
            for name in ('FASTRTPS', 'FASTDDS')}})
    reader = Reader()
    camera, = loopback.plug(1)
    chosen = cases(pattern)
    results = {label(*case): [] for case in chosen}
    failed = []
    versions = {driver.name: driver.version for driver in DRIVERS if driver.installed}
    for turn in range(int(turns)):
        for case in chosen:
            (width, height), job, driver, task = case
            rate, images = SIZES[width, height]
            image = Path(folder, f'{width}x{height}.{job.fourcc}').read_bytes()
            start = time.time()
            try:
                with camera.offer(job.fourcc, width, height, rate) as stream:
                    result = measure(driver, task, camera, stream, image, images, reader)
                results[label(*case)].append(result)
            except AssertionError as error:  # the others' results are not lost for it
                result = str(error)
                failed.append(label(*case))
            print(f'{turn + 1} {label(*case)}: {json.dumps(result)} ({time.time() - start:.0f} s)',
                  flush=True)
            Path(out, 'devices.json').write_text(json.dumps(
                {'versions': versions, 'results': results}, indent=1))
    text = markdown(results, versions)
    Path(out, 'devices.md').write_text(text)
    print(text)
    if failed:
        sys.exit('bench: failed: ' + '; '.join(failed))


if __name__ == '__main__':
    main(*sys.argv[1:])

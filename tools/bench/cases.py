"""What is measured: sections of cases that are compared with each other."""

from collections.abc import Callable
from dataclasses import dataclass, field
import subprocess
import sys

from film import film
from harness.browser import unavailable
from lost import lost_sound_system
import measure
import page
from publisher import TRANSPORTS
import scale as scaling
import start
from subscriber import TYPES

SIZES = [(320, 240), (640, 480), (1280, 720), (1920, 1080), (3840, 2160)]
FULL_HD = {'width': 1920, 'height': 1080}
PRIORITY = 5  # the default of our thread_priority


@dataclass
class Case:
    """A measurement and its arguments."""

    name: str
    measure: Callable
    arguments: dict = field(default_factory=dict)


@dataclass
class Section:
    """Cases that take turns."""

    title: str
    note: str
    turns: int
    cases: list


def sections(quick):
    """Return all sections but the resident memory's."""
    turns = 1 if quick else 3
    sizes = SIZES[1:4:2] if quick else SIZES
    best_effort = [SIZES[3]] if quick else SIZES
    return [
        Section(
            'reliable, over size',
            '30 images/s of bgr8 to one subscriber of rclpy; drawing the synthetic image is in the '
            'CPU time (BenchmarkPatternDraw). "first image": from the start of the process. '
            '"skipped": left out by the source, which got no processor time in time; it is not '
            'among the lost.',
            turns, [
                Case(f'{w}x{h}, {transport}', measure.images, {
                    'width': w, 'height': h, 'transport': transport})
                for w, h in sizes for transport in TRANSPORTS]),
        Section(
            'best effort, over size', '30 images/s of bgr8 to one subscriber of rclpy.',
            turns, [
                Case(f'{w}x{h}, {transport}', measure.images, {
                    'width': w, 'height': h, 'transport': transport, 'best_effort': True})
                for w, h in best_effort for transport in (TRANSPORTS[1:] if quick else TRANSPORTS)]),
        Section(
            '1920x1080, over subscribers',
            'Reliable, 30 images/s, each subscriber a process that leaves images serialised.',
            turns, [
                Case(f'{n} subscribers', measure.images, {'subscribers': n, 'raw': True, **FULL_HD})
                for n in ((2,) if quick else (1, 2, 4))]),
        *([] if quick else [Section(
            '640x480, over rate', 'Reliable, one subscriber of rclpy.',
            turns, [
                Case(f'{rate} images/s', measure.images, {'rate': float(rate), 'count': 3 * rate})
                for rate in (15, 30, 60, 120)])]),
        Section(
            'start', f'CPU time, the least of {start.RUNS} starts; libraries and relocations as the '
            'dynamic linker counts them.',
            1, [Case('--version', start.version), Case('first image', start.first_image)]),
        *([] if quick else [Section(
            'latency by stage',
            'Images at 30/s to a subscriber of rclpy. 64x40: what every message costs, whatever its '
            'size. "serialised": without what rclpy does to make a message of it.',
            turns, [
                Case(f'{name}, {transport}', measure.images, {**arguments, 'transport': transport})
                for name, arguments in (
                    ('64x40', {'width': 64, 'height': 40}),
                    ('640x480, serialised', {'raw': True}),
                    ('640x480', {}))
                for transport in TRANSPORTS])]),
        Section(
            'nobody subscribes',
            'Images that nobody wants are not drawn, and synthetic impulses cost next to nothing to '
            'make. What is left is ours.',
            turns, [
                Case(name, measure.idle, {**nodes, 'seconds': 5.0 if quick else 8.0})
                for name, nodes in (
                    ('microphone', {'microphone': True}),
                    *([] if quick else [('camera, 1920x1080', {'camera': SIZES[3]})]),
                    ('camera, 1920x1080, and microphone', {'camera': SIZES[3], 'microphone': True}))]),
        *([] if quick else [Section(
            'a lost sound system',
            'A microphone with one subscriber of rclpy, and the same after its PulseAudio server '
            'has died, for which it tries again and again.',
            turns, [Case('PulseAudio', lost_sound_system)])]),
        *([] if unavailable() else [Section(
            'a page',
            'Picture and sound at 30 images/s in headless Chromium, in shares of a core: of both '
            'nodes, and of av_view. "a JPEG per image": instead of av_view a client of image_raw, '
            'without sound, that encodes each image by OpenCV with quality 95, which is the work '
            'of web_video_server for one browser; it is not that program. Drawing the synthetic '
            "image is in the nodes' shares, but without a page, where nobody looks at it.",
            1 if quick else 2, [
                Case(f'{w}x{h}, {name}', measured, {'width': w, 'height': h})
                for w, h in (SIZES[1:2] if quick else SIZES[1:4:2])
                for name, measured in (('no page', page.nobody), ('a page', page.page),
                                       ('a JPEG per image', page.jpegs))
                if not quick or measured != page.nobody])]),
        *([] if quick else [Section(
            'video, 1080p30',
            'The synthetic images, compressed, to one subscriber of rclpy that leaves messages '
            'serialised; the share of a core has ffmpeg in it, and drawing the image.',
            turns, [
                Case('JPEG', measure.stream, {
                    'kind': 'jpeg', 'topic': '/camera/image_raw/compressed'}),
                *([Case('H.264', measure.stream, {
                    'kind': 'video', 'topic': '/camera/image_raw/ffmpeg'})]
                  if 'video' in TYPES else [])])]),
        Section(
            'a film of 1080p30',
            'av_save --video copy and its ffmpeg, with sound: the camera makes the JPEG.',
            turns, [Case('copy', film, {'seconds': 5.0 if quick else 10.0})]),
        Section(
            'sound',
            'Blocks of 441 audio frames to a subscriber of rclpy; latency from the acquisition of '
            'the first of them, 10 ms before the last. The images beside it go to a subscriber '
            'too, which copies them. "preferred": who hears the sound has a real-time priority '
            'as our own threads have it, so that what is left is ours; without, it waits for its '
            "turn behind the images' subscriber, up to a tick of the kernel's.",
            2 if quick else 5, [
                *([] if quick else [Case('default', measure.sound, {'transport': 'default'})]),
                *(Case(f'{name}{beside}', measure.sound, {'camera': bool(beside), 'priority': priority})
                  for name, priority in heard(quick)
                  for beside in ('', ', 1080p images beside it'))]),
    ]


def heard(quick):
    """Return how the sound is heard: names and priorities, the one that says most where it is quick."""
    found = [('ours', 0), *([('ours, preferred', PRIORITY)] if may_be_preferred() else [])]
    return found[-1:] if quick else found


def may_be_preferred():
    """Return whether this user may have a real-time priority."""
    probe = f'import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param({PRIORITY}))'
    return subprocess.run([sys.executable, '-c', probe], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def memory(minutes=(1, 2, 4, 6, 8, 10)):
    """Return the section of the resident memory."""
    return Section(
        'resident memory [MiB]', '30 images/s and sound, both subscribed to; what it consists of '
        'at the end.',
        1, [Case(f'{w}x{h} and sound', measure.memory, {'width': w, 'height': h, 'minutes': minutes})
            for w, h in SIZES[1:4:2]])


def scale():
    """Return the sections that show what many cameras, subscribers and channels cost."""
    return [
        Section(
            'cameras of 640x480', '10 images/s each, to one subscriber of all. CPU time of all '
            'processes for each 1000 images.',
            2, [Case(f"{n} in {processes} process{'es' if processes > 1 else ''}", scaling.cameras,
                     {'cameras': n, 'processes': processes, 'rate': 10})
                for n in (1, 2, 4, 8) for processes in dict.fromkeys((1, n))]),
        Section(
            'subscribers of 640x480', '10 images/s; each subscriber a process that leaves images '
            'serialised.',
            2, [Case(f'{n} subscribers', scaling.subscribers,
                     {'subscribers': n, 'rate': 10, 'width': 640, 'height': 480})
                for n in (1, 2, 4, 8, 16)]),
        Section(
            'sound, over channels and rate', 'Blocks of 10 ms to one subscriber. CPU time for each '
            '1000 blocks.',
            2, [Case(f"{channels} channel{'s' if channels > 1 else ''} at {rate} Hz", scaling.sound,
                     {'channels': channels, 'sample_rate': rate})
                for channels, rate in ((1, 44100), (2, 48000), (8, 48000), (8, 96000))]),
    ]

"""What --list-devices prints, against what Linux's own tools say of the same devices."""

import os
import re
import subprocess

from harness.deadline import until
from harness.process import executable
import pytest
from rig.tool import run

# Names of formats, and their sizes and rates: "YUYV UYVY: 640x480 at 30, 15 images/s".
NAMES = r'(?:(?!\d+x\d+)[\w-]+ )*(?!\d+x\d+)[\w-]+'
ENTRY = re.compile(rf'({NAMES}): (.*?)(?= {NAMES}: |$)')


def listed():
    """Return the output of --list-devices."""
    result = subprocess.run([executable(), '--list-devices'], capture_output=True, text=True,
                            env={**os.environ, 'ROS_DOMAIN_ID': 'none'}, check=True)
    assert not result.stderr
    return result.stdout


def block(text, start):
    """Return the lines about one device."""
    return next(block for block in text.split('\n\n') if block.startswith(start))


def ours(text):
    """Return the sizes and rates that we print, by FourCC."""
    fields = ' '.join(text.partition(' formats ')[2].partition('\n  in use')[0].split())
    formats = {}
    for names, groups in ENTRY.findall(fields):
        for group in groups.split('; '):
            sizes, _, rates = group.partition(' at ')
            numbers = sorted(float(rate) for rate in rates.removesuffix(' images/s').split(', '))
            for name in names.split():
                for size in sizes.split(', '):
                    formats.setdefault(name, {})[size] = numbers
    return formats


def theirs(camera):
    """Return the sizes and rates that v4l2-ctl prints, by FourCC."""
    formats = {}
    for line in run('v4l2-ctl', '-d', camera.path, '--list-formats-ext').splitlines():
        if match := re.search(r"\]: '(.+?)'", line):
            sizes = formats.setdefault(match[1].replace(' ', ''), {})  # "Y16 -BE"
        elif match := re.search(r'Size: Discrete (\d+x\d+)', line):
            rates = sizes.setdefault(match[1], [])
        elif match := re.search(r'\((\d+\.\d+) fps\)', line):
            rates.append(float(match[1]))
    return formats


def test_camera_and_its_formats_are_those_of_v4l2_ctl(camera):
    text = listed()
    got, want = ours(block(text, camera.path)), theirs(camera)
    assert got.keys() == want.keys(), text
    for name in want:
        assert got[name].keys() == want[name].keys(), name
        for size, rates in want[name].items():
            # Four digits of ours, three decimal places of theirs.
            assert got[name][size] == pytest.approx(sorted(rates), rel=1e-3), (name, size)
    # 24 lines and more are no screen.
    assert len(block(text, camera.path).splitlines()) < 24, text


def test_who_has_a_camera_is_listed(camera):
    other = camera.hold('YUYV', 320, 180, 30)
    try:
        until(lambda: camera.is_busy, 'the other program streams')
        assert f'in use   by {other.holder}' in block(listed(), camera.path)
    finally:
        other.end()


def test_sound_card_is_listed_by_its_names_in_alsa(sound_card, av_capture):
    with open(f'/proc/asound/card{sound_card.card}/id') as file:
        card = file.read().strip()
    lasting = f'hw:CARD={card},DEV={sound_card.device}'
    text = listed()
    found = next(b for b in text.split('\n\n') if f'{sound_card.name} or {lasting}' in b)
    assert '(backend alsa' in found
    assert re.search(r'S16LE.*: .*channels? at .*44100', ' '.join(found.split())), text
    process = av_capture('--nodes', 'microphone', '--ros-args', '-p', 'backend:=alsa',
                         '-p', f"device:='{lasting}'")
    process.wait_for_line(rf'capturing from .*\(alsa {sound_card.name}\)')


def test_sound_card_in_use_is_listed_with_whom(sound_card):
    other = sound_card.hold()
    try:
        until(lambda: not sound_card.is_free, 'the other program captures')
        text = listed()
        found = next(b for b in text.split('\n\n') if f'{sound_card.name} or' in b)
        assert f'in use by {other.holder}' in ' '.join(found.split())
    finally:
        other.end()

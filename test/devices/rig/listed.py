"""The output of --list-devices, and that of v4l2-ctl for the same devices."""

import os
import re
import subprocess

from harness.process import executable

from .tool import run

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


def theirs(path):
    """Return the sizes and rates that v4l2-ctl prints of a node, by FourCC."""
    formats = {}
    for line in run('v4l2-ctl', '-d', path, '--list-formats-ext').splitlines():
        if match := re.search(r"\]: '(.+?)'", line):
            sizes = formats.setdefault(match[1].replace(' ', ''), {})  # "Y16 -BE"
        elif match := re.search(r'Size: Discrete (\d+x\d+)', line):
            rates = sizes.setdefault(match[1], [])
        elif match := re.search(r'\((\d+\.\d+) fps\)', line):
            rates.append(float(match[1]))
            rates.sort()
    return formats

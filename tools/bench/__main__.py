"""
Measure what the executable costs and how late its messages are.

Everything is compared within one run, in turns, so that what else the machine
does concerns all alike. Writes a table and the same as JSON.

  tools/bench.sh                 every case three times
  tools/bench.sh quick           some cases once: about two minutes, then Go's benchmarks
  tools/bench.sh memory          also resident memory after 1 and 10 minutes
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys

import measure
from publisher import TRANSPORTS

SIZES = [(320, 240), (640, 480), (1280, 720), (1920, 1080), (3840, 2160)]
UNITS = {'cpu': 'CPU [s/1000]', 'p50': 'p50 [ms]', 'p99': 'p99 [ms]', 'lost': 'lost [%]',
         'first': 'first image [s]', 'core': 'core [%]'}


def cases(quick):
    """Return the measurements of each section: name, function, arguments."""
    sizes = SIZES[1:4:2] if quick else SIZES
    size = {'width': 1920, 'height': 1080}
    return {
        'reliable, over size': [
            (f'{w}x{h}, {transport}', measure.images,
             {'transport': transport, 'width': w, 'height': h})
            for w, h in sizes for transport in TRANSPORTS],
        'best effort, over size': [
            (f'{w}x{h}, {transport}', measure.images,
             {'transport': transport, 'width': w, 'height': h, 'best_effort': True})
            for w, h in sizes for transport in TRANSPORTS],
        '1920x1080, over subscribers': [
            (f'{n} subscribers', measure.images, {'subscribers': n, **size})
            for n in ((0, 1) if quick else (0, 1, 2, 4))],
        '640x480, over rate': [
            (f'{rate} images/s', measure.images, {'rate': float(rate), 'count': 3 * rate})
            for rate in ((30,) if quick else (15, 30, 60, 120))],
        'sound': [
            ('default', measure.sound, {'transport': 'default'}),
            ('ours', measure.sound, {}),
            ('ours, 1080p images beside it', measure.sound, {'camera': True})],
    }


def run(section, domain, repeats):
    """Return the results of a section: each case in turn, repeats times."""
    results = {name: [] for name, _, _ in section}
    for turn in range(repeats):
        for name, function, arguments in section:
            print(f'bench: {turn + 1}/{repeats} {name}', file=sys.stderr, flush=True)
            results[name].append(function(domain, **arguments))
    return results


def table(title, results):
    """Return a Markdown table of medians, with the least and the most in brackets."""
    columns = list(dict.fromkeys(key for runs in results.values() for key in runs[0]))
    lines = [f'### {title}', '', '| | ' + ' | '.join(UNITS.get(c, c) for c in columns) + ' |',
             '|---' * (len(columns) + 1) + '|']
    for name, runs in results.items():
        cells = []
        for column in columns:
            values = [r[column] for r in runs if column in r]
            cells.append(f'{statistics.median(values):.2f} '
                         f'({min(values):.2f}–{max(values):.2f})' if values else '')
        lines.append(f'| {name} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines) + '\n'


def main():
    """Measure, and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('words', nargs='*', choices=['quick', 'memory', []],
                        help='a short run; resident memory over ten minutes too')
    parser.add_argument('--folder', required=True, help='where the results go')
    options = parser.parse_args()
    quick = 'quick' in options.words
    domain = int(os.environ.get('ROS_DOMAIN_ID', 86))
    repeats = 1 if quick else 3

    sections = {title: run(section, domain, repeats)
                for title, section in cases(quick).items()}
    if 'memory' in options.words:
        sections['resident memory [MiB]'] = {'1080p and sound': [
            measure.memory(domain, minutes=(1, 10))]}
    report = {
        'machine': {'processors': os.cpu_count(), 'kernel': platform.release(),
                    'ros': os.environ.get('ROS_DISTRO')},
        'commit': subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], check=False,
                                 capture_output=True, text=True).stdout.strip(),
        'sections': sections,
    }
    os.makedirs(options.folder, exist_ok=True)
    with open(os.path.join(options.folder, 'report.json'), 'w') as file:
        json.dump(report, file, indent=1)
    text = '\n'.join(table(title, results) for title, results in sections.items())
    with open(os.path.join(options.folder, 'report.md'), 'w') as file:
        file.write(text)
    print(text)


if __name__ == '__main__':
    main()

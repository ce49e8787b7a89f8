"""
Measure what the executable costs and how late its messages are.

Everything is compared within one run, in turns, so that what else the machine
does concerns all alike. Writes report.md, report.json and, by tools/plot,
report.png, and keeps report.json to compare later runs with (history.py).

  tools/bench.sh                 every case three times and more: half an hour
  tools/bench.sh quick           some cases once: less than three minutes
  tools/bench.sh memory          resident memory over ten minutes, twice, and nothing else
  tools/bench.sh scale           many cameras, subscribers and channels, and nothing else
  tools/bench.sh quick against=4c3cc6c    compares with the last run of that commit
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import time

from cases import memory, scale, sections
import golang
import history
from limits import limits
from ratios import ratios
from report import markdown


def run(section, domain):
    """Return the results of a section: each case in turn, as often as it says."""
    results = [{'name': case.name, 'parameters': case.arguments, 'runs': [], 'failed': 0,
                'seconds': 0.0} for case in section.cases]
    for turn in range(section.turns):
        for case, result in zip(section.cases, results):
            print(f'bench: {section.title}: {turn + 1}/{section.turns} {case.name}',
                  file=sys.stderr, flush=True)
            begun = time.monotonic()
            while True:
                try:
                    result['runs'].append(case.measure(domain, **case.arguments))
                    break
                except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                    # Once in an hour of a busy machine; the hour is not to be lost for it.
                    print(f'bench: {error!r}', file=sys.stderr, flush=True)
                    result['failed'] += 1
                    if result['failed'] == 3:
                        raise
            result['seconds'] += time.monotonic() - begun
    return {'title': section.title, 'note': section.note, 'cases': results}


def processor():
    """Return the processor's name, or its architecture where the kernel tells no name."""
    with open('/proc/cpuinfo') as file:
        name = re.search(r'^model name\s*: *(.+)', file.read(), re.MULTILINE)
    return name[1] if name else platform.machine()


def commit():
    """Return the commit, marked where files differ from it."""
    told = subprocess.run(['git', 'describe', '--always', '--dirty', '--abbrev=7', '--exclude=*'],
                          check=False, capture_output=True, text=True)
    return told.stdout.strip() or 'unknown'


def save(report, before, folder):
    """Write what is known so far, and return the text."""
    report['ratios'] = ratios(report)
    report['limits'] = limits(report)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'report.json'), 'w') as file:
        json.dump(report, file, indent=1)
    text = markdown(report, before)
    with open(os.path.join(folder, 'report.md'), 'w') as file:
        file.write(text)
    return text


def main():
    """Measure, and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('words', nargs='*', metavar='quick | memory | scale | against=COMMIT',
                        help='a short run; resident memory; many cameras; the run to compare with')
    parser.add_argument('--folder', required=True, help='where the results go')
    parser.add_argument('--go', help='what go test -bench has written')
    parser.add_argument('--seconds', type=float, default=0, help='how long that took')
    parser.add_argument('--load', type=float, nargs=3, help="the machine's before that")
    options = parser.parse_args()
    against = [word.removeprefix('against=') for word in options.words if '=' in word]
    kinds = [word for word in options.words if '=' not in word]
    if len(kinds) > 1 or not set(kinds) <= {'quick', 'memory', 'scale'} or len(against) > 1 or any(
            not word.startswith('against=') for word in options.words if '=' in word):
        parser.error(f"{' '.join(options.words)}: takes quick, memory or scale, and against=COMMIT")
    kind, = kinds or ['full']
    domain = int(os.environ.get('ROS_DOMAIN_ID', '86'))
    begun = time.monotonic() - options.seconds
    report = {
        'kind': kind,
        'date': datetime.datetime.now().astimezone().isoformat(timespec='seconds'),
        'commit': commit(),
        'machine': {'model': processor(), 'processors': os.cpu_count(),
                    'kernel': platform.release(), 'ros': os.environ.get('ROS_DISTRO'),
                    'load before': options.load or os.getloadavg()},
        'sections': [],
        'go': golang.read(options.go) if options.go else [],
    }
    before = history.earlier(report, *against)
    if against and before is None:
        parser.error(f'no {kind} run of commit {against[0]} on this machine in {history.folder()}')
    chosen = {'memory': lambda: [memory()], 'scale': scale}.get(
        kind, lambda: sections(kind == 'quick') + (scale() if kind == 'full' else []))()
    for section in chosen:
        report['sections'].append(run(section, domain))
        report['machine']['load after'] = os.getloadavg()
        report['seconds'] = time.monotonic() - begun
        text = save(report, before, options.folder)
    history.keep(report)
    print(text)


if __name__ == '__main__':
    main()

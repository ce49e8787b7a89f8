"""
Measure what the executable costs and how late its messages are.

Everything is compared within one run, in turns, so that what else the machine
does concerns all alike. Writes report.md, report.json and, by tools/plot,
report.png.

  tools/bench.sh                 every case three times and more: about 20 minutes
  tools/bench.sh quick           some cases once: about three minutes
  tools/bench.sh memory          resident memory over ten minutes, and nothing else
"""

import argparse
import json
import os
import platform
import subprocess
import sys

from cases import memory, sections
import golang
from limits import limits
from report import markdown


def run(section, domain):
    """Return the results of a section: each case in turn, as often as it says."""
    results = [{'name': case.name, 'parameters': case.arguments, 'runs': [], 'failed': 0}
               for case in section.cases]
    for turn in range(section.turns):
        for case, result in zip(section.cases, results):
            print(f'bench: {section.title}: {turn + 1}/{section.turns} {case.name}',
                  file=sys.stderr, flush=True)
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
    return {'title': section.title, 'note': section.note, 'cases': results}


def save(report, folder):
    """Write what is known so far, and return the text."""
    report['limits'] = limits(report)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'report.json'), 'w') as file:
        json.dump(report, file, indent=1)
    text = markdown(report)
    with open(os.path.join(folder, 'report.md'), 'w') as file:
        file.write(text)
    return text


def main():
    """Measure, and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('words', nargs='*', choices=['quick', 'memory', []],
                        help='a short run; resident memory over ten minutes')
    parser.add_argument('--folder', required=True, help='where the results go')
    parser.add_argument('--go', help='what go test -bench has written')
    options = parser.parse_args()
    domain = int(os.environ.get('ROS_DOMAIN_ID', '86'))
    chosen = [memory()] if 'memory' in options.words else sections('quick' in options.words)
    report = {
        'machine': {'processors': os.cpu_count(), 'kernel': platform.release(),
                    'ros': os.environ.get('ROS_DISTRO'), 'load before': os.getloadavg()},
        'commit': subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], check=False,
                                 capture_output=True, text=True).stdout.strip(),
        'sections': [],
        'go': golang.read(options.go) if options.go else [],
    }
    for section in chosen:
        report['sections'].append(run(section, domain))
        report['machine']['load after'] = os.getloadavg()
        text = save(report, options.folder)
    print(text)


if __name__ == '__main__':
    main()

#!/usr/bin/env python3
"""
Reads what go test -json writes; prints what go test prints without it.

    go test -json PACKAGE… | tools/test/go_results.py FILE

FILE gets a line for each test that ended: its time in seconds, a tab, its name.
"""

from collections import defaultdict
import json
import sys

said = defaultdict(lambda: defaultdict(list))  # lines, by package and test


def finish(package, action):
    """Print what a package said, and all of its tests that have not passed."""
    own = said[package].pop('', [])
    if action == 'fail':
        for lines in said[package].values():
            sys.stdout.writelines(lines)
    sys.stdout.writelines(line for line in own if line != 'PASS\n')
    sys.stdout.flush()
    del said[package]


def main():
    """Read all events."""
    with open(sys.argv[1], 'w') as durations:
        for line in sys.stdin:
            if not line.startswith('{'):
                print(line, end='', flush=True)
                continue
            event = json.loads(line)
            action, package, test = event['Action'], event.get('Package'), event.get('Test', '')
            if action == 'build-output':
                print(event['Output'], end='', flush=True)
            elif action == 'output':
                said[package][test].append(event['Output'])
            elif action in ('pass', 'fail', 'skip') and not test:
                finish(package, action)
            elif action in ('pass', 'skip'):
                said[package].pop(test, None)
            if test and '/' not in test and 'Elapsed' in event:
                durations.write(f'{event["Elapsed"]}\t{package}.{test}\n')


main()

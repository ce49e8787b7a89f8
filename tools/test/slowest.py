#!/usr/bin/env python3
"""
Prints the ten slowest tests of a run.

    tools/test/slowest.py FOLDER

FOLDER has a file for each part of the run: what go_results.py writes (.tsv), and what
pytest writes (--junit-xml, .xml).
"""

from pathlib import Path
import sys
from xml.etree import ElementTree

COUNT = 10


def durations(folder):
    """Yield each test's time [s], and its name with that of its part."""
    for file in folder.glob('*.tsv'):
        for line in file.read_text().splitlines():
            time, name = line.split('\t')
            yield float(time), f'{name} ({file.stem})'
    for file in folder.glob('*.xml'):
        # A part that was ended has written nothing.
        for case in ElementTree.parse(file).iter('testcase') if file.stat().st_size else ():
            yield float(case.get('time')), f'{case.get("classname")}.{case.get("name")} ({file.stem})'


for time, name in sorted(durations(Path(sys.argv[1])), reverse=True)[:COUNT]:
    print(f'{time:6.1f} s  {name}')

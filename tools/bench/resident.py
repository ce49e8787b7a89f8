"""What the resident memory of a process consists of."""

import collections
import os
from pathlib import Path
import re
import urllib.request

MAPPING = re.compile(r'^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$')


def composition(pid, port):
    """
    Return the resident memory by what it is for, and the whole [MiB].

    The port is the process's pprof_port, which tells what Go has taken of the kernel.
    """
    executable = os.readlink(f'/proc/{pid}/exe')
    found, kind = collections.Counter(), ''
    for line in Path(f'/proc/{pid}/smaps').read_text().splitlines():
        if mapping := MAPPING.match(line):
            kind = kind_of(mapping[1], executable)
        elif line.startswith('Rss:'):
            found[kind] += int(line.split()[1]) / 1024
            found['whole'] += int(line.split()[1]) / 1024
    with urllib.request.urlopen(f'http://127.0.0.1:{port}/debug/pprof/heap?debug=1') as answer:
        told = answer.read().decode()
    sizes = {name: int(re.search(rf'^# {name} = (\d+)$', told, re.MULTILINE)[1]) / 2**20
             for name in ('Sys', 'HeapReleased', 'HeapAlloc')}
    found['Go'] = min(sizes['Sys'] - sizes['HeapReleased'], found[ANONYMOUS])
    found[ANONYMOUS] -= found['Go']
    found['of it in use by Go'] = sizes['HeapAlloc']
    return dict(found)


# Stacks of C's threads, large blocks of malloc, libraries' zeros.
ANONYMOUS = 'other anonymous'


def kind_of(name, executable):
    """Return what a mapping is for."""
    if name.startswith('/dev/shm/'):
        return "the middleware's shared memory"
    if name == executable:
        return 'executable'
    if name.startswith('/'):
        return 'libraries'
    return 'malloc' if name == '[heap]' else ANONYMOUS

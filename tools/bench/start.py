"""What the start of the executable costs."""

import re
import resource
import subprocess

from publisher import environment, EXECUTABLE, Publisher
from receiver import Receiver

RUNS = 5


def version(domain):
    """Return what --version costs: CPU time [ms], and what the dynamic linker does for it."""
    told = subprocess.run([EXECUTABLE, '--version'], check=True, capture_output=True, text=True,
                          env={**environment(domain), 'LD_DEBUG': 'statistics'}).stderr
    libraries = subprocess.run([EXECUTABLE], check=True, capture_output=True, text=True,
                               env={**environment(domain), 'LD_TRACE_LOADED_OBJECTS': '1'})
    # The first of two reports: the second one is of the end.
    counts = [int(re.search(rf'number of {kind}: (\d+)', told)[1])
              for kind in ('relocations', 'relative relocations')]
    return {'start': min(spent(domain) for _ in range(RUNS)),
            'libraries': len(libraries.stdout.splitlines()), 'relocations': sum(counts)}


def spent(domain):
    """Return the CPU time of one --version [ms]."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([EXECUTABLE, '--version'], check=True, env=environment(domain),
                   stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def first_image(domain):
    """Return the CPU time until a subscriber has the first image of 640x480 [ms]."""
    def once():
        with Receiver(domain, '/camera/image_raw') as receiver, \
                Publisher(domain, ['camera']) as publisher:
            receiver.wait()
            return 1000 * publisher.processor_time()
    return {'start': min(once() for _ in range(RUNS))}

"""The installed executable as the publisher that is measured."""

import os
from pathlib import Path
import signal
import subprocess
import time

from ament_index_python.packages import get_package_prefix
from harness.usage import processor_time, wakeups
from resident import composition

EXECUTABLE = os.path.join(get_package_prefix('av_capture'), 'lib/av_capture/av_capture')
TRANSPORTS = ('default', 'ours')

# A choice of the user's, which the executable leaves alone, and which means what no choice
# means: under ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST it has no other effect.
DEFAULT_TRANSPORT = {'FASTDDS_BUILTIN_TRANSPORTS': 'DEFAULT'}


def environment(domain):
    """Return the environment of all that is measured."""
    inherited = {name: value for name, value in os.environ.items() if not name.endswith((
        '_DEFAULT_PROFILES_FILE', '_BUILTIN_TRANSPORTS'))}
    return {**inherited, 'ROS_DOMAIN_ID': str(domain),
            'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST'}


class Publisher:
    """One run of the executable with synthetic sources."""

    def __init__(self, domain, nodes, transport='ours', files=(), **parameters):
        """
        Start it.

        Nodes are as for --nodes. Parameters are in files, or named with the node, as
        camera__framerate.
        """
        arguments = ['--nodes', ','.join(nodes), '--ros-args', '--log-level', 'error']
        for node in nodes:
            arguments += ['-p', f"{node.partition('=')[0]}:source:=synthetic"]
        for file in files:
            arguments += ['--params-file', file]
        for key, value in parameters.items():
            node, name = key.split('__', 1)
            arguments += ['-p', f'{node}:{name}:={value}']
        self.started = time.time()
        self._child = subprocess.Popen(
            [EXECUTABLE, *arguments],
            env={**environment(domain), **(DEFAULT_TRANSPORT if transport == 'default' else {})},
            stdout=subprocess.DEVNULL)

    def processor_time(self):
        """Return the CPU time of all its threads [s]."""
        return processor_time(self._child.pid)

    def whole_processor_time(self):
        """Return the CPU time of all its threads and of the processes that it has started [s]."""
        tasks = Path(f'/proc/{self._child.pid}/task').glob('*/children')
        return self.processor_time() + sum(
            processor_time(int(pid)) for task in tasks for pid in task.read_text().split())

    def wakeups(self):
        """Return the number of times that its threads have gone to sleep, and so were woken."""
        return wakeups(self._child.pid)

    def memory(self, port):
        """Return what its resident memory consists of [MiB]; port is its pprof_port."""
        return composition(self._child.pid, port)

    def __enter__(self):
        """Return it."""
        return self

    def __exit__(self, *_):
        """End it as a user does."""
        self._child.send_signal(signal.SIGINT)
        try:
            self._child.wait(20)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            raise

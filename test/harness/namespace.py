"""Linux namespaces: a process with a /dev/shm or a network of its own, as in a container."""

import os
import subprocess


def command(script, *, network=False):
    """
    Return the command that runs a program after a shell script in namespaces of its own.

    The script may mount, and set up devices if network is true. Users other than root
    become the root of a user namespace.
    """
    options = ['--mount'] + (['--net'] if network else [])
    if os.geteuid() != 0:
        options += ['--user', '--map-root-user']
    return ['unshare', *options, '--', 'sh', '-c', f'set -e; {script}; exec "$@"', 'sh']


def entering(pid):
    """Return the command that runs a program in the namespaces of a process."""
    options = ['--mount', '--net']
    if os.geteuid() != 0:
        options += ['--user', '--preserve-credentials']
    return ['nsenter', f'--target={pid}', *options, '--']


def output(pid, *arguments):
    """Return the output of a command in the namespaces of a process."""
    return subprocess.run([*entering(pid), *arguments],
                          check=True, capture_output=True, text=True).stdout

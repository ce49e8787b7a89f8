"""Profiles of the running process: only where they are asked for, and for this machine only."""

import gzip
import http.client
import os
from pathlib import Path
import socket

from harness.parameters import camera


def free_port():
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def listening(pid):
    """Return the addresses and ports at which a process listens for TCP."""
    inodes = set()
    for name in os.listdir(f'/proc/{pid}/fd'):
        target = os.readlink(f'/proc/{pid}/fd/{name}')
        if target.startswith('socket:['):
            inodes.add(target[8:-1])
    found = []
    for path in ('tcp', 'tcp6'):
        for line in Path(f'/proc/{pid}/net/{path}').read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == '0A' and words[9] in inodes:  # LISTEN
                address, port = words[1].split(':')
                found.append((address, int(port, 16)))
    return found


SYNTHETIC = ['--ros-args', '-p', 'source:=synthetic']
LOOPBACK = '0100007F'  # 127.0.0.1 as /proc/net/tcp writes it


def get(port, path, host=None):
    """Return status and body of a GET."""
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    connection.request('GET', path, headers={'Host': host} if host else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_nobody_listens_by_default(av_capture):
    process = av_capture(*SYNTHETIC)
    process.wait_for_line('camera.*capturing from')
    process.wait_for_line('microphone.*capturing from')
    assert listening(process.pid) == []


def test_profiles_at_the_loopback_address_alone(av_capture):
    port = free_port()
    process = av_capture(*SYNTHETIC, '-p', f'pprof_port:={port}')
    process.wait_for_line('camera.*capturing from')
    process.wait_for_line('microphone.*capturing from')
    # Both nodes ask for it, and it is there once.
    assert listening(process.pid) == [(LOOPBACK, port)]
    status, body = get(port, '/debug/pprof/goroutine?debug=1')
    assert status == 200
    assert b'node.(*executor).run' in body
    status, body = get(port, '/debug/pprof/profile?seconds=1')
    assert status == 200
    assert b'cpu' in gzip.decompress(body)
    # A page of the Internet in a browser of this machine does not get it.
    assert get(port, '/debug/pprof/heap', host=f'evil.example:{port}')[0] == 403
    assert get(port, '/debug/pprof/heap', host=f'localhost:{port}')[0] == 200


def test_a_port_that_is_taken_is_a_configuration_error(av_capture):
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = av_capture(*camera(source='synthetic', pprof_port=port))
        assert process.status() == 1
    line = process.lines('pprof_port')[-1]
    assert str(port) in line and 'address already in use' in line and '/camera' in line

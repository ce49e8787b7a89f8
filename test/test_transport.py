"""Images go through shared memory that they fit into, where there is enough of it."""

import glob
import os
from pathlib import Path
import re
import shutil
import socket
import sys

from ament_index_python.packages import get_package_share_directory
from harness import namespace
from harness.deadline import DEADLINE, until
from harness.image import pixels
from harness.parameters import camera
from harness.pattern import frame_number
from harness.process import executable, Process
import numpy as np
import pytest
from sensor_msgs.msg import Image

CONFIG = os.path.join(get_package_share_directory('av_capture'), 'config')
PROFILE = os.path.join(CONFIG, 'fastdds.xml')
WITHOUT_SHARED_MEMORY = os.path.join(CONFIG, 'fastdds_udp.xml')
# What Fast DDS 2 reads; Fast DDS 3, since Kilted, has the other.
VARIABLE = ('FASTRTPS_DEFAULT_PROFILES_FILE' if os.environ['ROS_DISTRO'] == 'jazzy'
            else 'FASTDDS_DEFAULT_PROFILES_FILE')
OWN = {'FASTRTPS_DEFAULT_PROFILES_FILE': '', 'FASTDDS_DEFAULT_PROFILES_FILE': '',
       'FASTDDS_BUILTIN_TRANSPORTS': '', 'RMW_IMPLEMENTATION': ''}
SIZE = {'image_width': 1920, 'image_height': 1080}
MIB = 2**20
RECEIVER = os.path.join(os.path.dirname(__file__), 'harness', 'receiver.py')


def segments(pid):
    """Return the sizes of a process's own shared memory [bytes], the largest first."""
    names = glob.glob(f'/proc/{pid}/root/dev/shm/fast*')
    mapped = set(re.findall(r'/dev/shm/(fast(?:rtps|dds)_[0-9a-f]{16})\b',
                            Path(f'/proc/{pid}/maps').read_text()))
    return sorted((os.stat(name).st_size for name in names
                   if os.path.basename(name) in mapped), reverse=True)


def run_on(av_capture, megabytes, **parameters):
    """Start the camera with so much of /dev/shm [MiB]."""
    script = f'mount -t tmpfs -o size={megabytes}m tmpfs /dev/shm'
    return av_capture(*camera(source='synthetic', **parameters), environment=OWN,
                      command=[*namespace.command(script), executable()])


@pytest.mark.alone
@pytest.mark.parametrize('width, height', [(640, 480), (1280, 720), (1920, 1080)])
def test_best_effort_loses_no_image(av_capture, listener, width, height):
    inbox = listener.subscribe(Image, '/camera/image_raw', depth=60, best_effort=True)
    process = av_capture(*camera(source='synthetic', image_width=width, image_height=height,
                                 framerate=30.0), environment=OWN)
    numbers = []

    def unbroken(images):
        """Return the length of the longest run of consecutive images."""
        numbers.extend(frame_number(pixels(image), 'bgr8') for image in images[len(numbers):])
        breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
        return np.diff([0, *breaks, len(numbers)]).max()

    # Sixty in a row, whenever: a machine that is busy for a fifth of a second loses images of
    # its own. On the default transport, which loses every second one at least, they never come.
    inbox.wait_counted(60, unbroken, process, '60 consecutive images')


def test_segment_takes_several_images(av_capture, listener):
    process = av_capture(*camera(source='synthetic', **SIZE), environment=OWN)
    listener.wait_for_topics(['/camera/image_raw'], process)
    assert 64 * MIB <= segments(process.pid)[0] < 80 * MIB
    # Fast DDS 3 warns of the variable of Fast DDS 2.
    assert not process.lines('DEFAULT_PROFILES_FILE')


@pytest.mark.parametrize('megabytes, segment', [(64, 32), (24, 16)])
def test_smaller_segment_where_shared_memory_is_short(av_capture, domain, megabytes, segment):
    process = run_on(av_capture, megabytes, **SIZE)
    line = process.wait_for_line('/dev/shm has')
    assert 'WARN' in line and '--shm-size' in line and '--ipc=host' in line
    assert f'it gets {segment} MiB' in line
    process.wait_for_line('capturing from')
    sizes = segments(process.pid)
    assert segment * MIB <= sizes[0] < (segment + segment // 4) * MIB, sizes
    assert not glob.glob('/tmp/av_capture-fastdds-*'), 'a temporary profile is left behind'
    # A process with another /dev/shm gets nothing, as with every transport of shared memory.
    subscriber = Process(
        ['/camera/image_raw', 20], {'ROS_DOMAIN_ID': str(domain)},
        command=[*namespace.entering(process.pid), sys.executable, RECEIVER])
    try:
        assert subscriber.status() == 0, subscriber.text()
    finally:
        subscriber.kill()


def test_default_transport_where_there_is_hardly_any(av_capture):
    process = run_on(av_capture, 4, **SIZE)
    line = process.wait_for_line('/dev/shm has')
    assert 'WARN' in line and '--shm-size' in line
    process.wait_for_line('capturing from')
    assert segments(process.pid)[0] < MIB


def test_segments_of_killed_processes_are_removed_and_no_others(av_capture):
    living = run_on(av_capture, 256, image_width=640, image_height=480)
    living.wait_for_line('capturing from')

    def beside(name):
        """Start another camera with the same /dev/shm."""
        return av_capture('--nodes', 'camera', '--ros-args', '-p', 'source:=synthetic',
                          '-r', f'__node:={name}', environment=OWN,
                          command=[*namespace.entering(living.pid), executable()])

    def own(process):
        """Return the names of a process's own segments."""
        return {os.path.basename(os.readlink(link)).removesuffix('_el')
                for link in glob.glob(f'/proc/{process.pid}/fd/*')
                if re.search(r'/fast(rtps|dds)_[0-9a-f]{16}_el$', os.readlink(link))}

    def there():
        """Return the names of all segments in their /dev/shm."""
        return {os.path.basename(name)
                for name in glob.glob(f'/proc/{living.pid}/root/dev/shm/fast*')
                if re.fullmatch(r'fast(rtps|dds)_[0-9a-f]{16}', os.path.basename(name))}

    killed = beside('killed')
    killed.wait_for_line('capturing from')
    dead = own(killed)
    assert dead and dead <= there() and own(living) <= there()
    killed.kill()
    for name in dead:  # of a process that ran for an hour
        path = f'/proc/{living.pid}/root/dev/shm/{name}_el'
        an_hour_ago = os.stat(path).st_mtime - 3600
        os.utime(path, (an_hour_ago, an_hour_ago))
    for name in own(living):  # and so did this one, which lives
        path = f'/proc/{living.pid}/root/dev/shm/{name}_el'
        os.utime(path, (an_hour_ago, an_hour_ago))

    third = beside('third')
    line = third.wait_for_line('/dev/shm: removed')
    assert re.search(rf'removed {len(dead)} segments \((6[4-9]|7[0-9]) MiB\)', line), line
    third.wait_for_line('capturing from')
    assert not dead & there()
    assert own(living) and own(living) <= there() and own(third) <= there()


@pytest.mark.parametrize('environment', [
    {'FASTDDS_BUILTIN_TRANSPORTS': 'UDPv4'},
    {VARIABLE: '{path}'},
])
def test_users_choice_stays(av_capture, tmp_path, environment):
    mine = tmp_path / 'mine.xml'
    with open(PROFILE) as shipped:
        mine.write_text(shipped.read().replace('>67108864<', '>8388608<'))
    process = av_capture(*camera(source='synthetic'), environment={
        **OWN, **{name: value.format(path=mine) for name, value in environment.items()}})
    process.wait_for_line('capturing from')
    expected = 8 * MIB if VARIABLE in environment else 0
    assert expected <= segments(process.pid)[0] < expected + 2 * MIB


@pytest.mark.parametrize('discovery, leaves', [('LOCALHOST', False), ('SUBNET', True)])
def test_packets_leave_the_machine_only_if_asked_to(av_capture, discovery, leaves):
    # A network of one device that leads nowhere, so that SUBNET stays on this machine too.
    script = """
        ip link set lo up
        ip link add outside type veth peer name nowhere
        for name in outside nowhere; do
            echo 1 > /proc/sys/net/ipv6/conf/$name/disable_ipv6
            ip link set $name arp off up
        done
        ip address add 10.99.0.1/24 dev outside
        ip route add default dev outside
        mount -t sysfs none /sys"""
    process = av_capture(
        *camera(source='synthetic'),
        environment={**OWN, 'ROS_AUTOMATIC_DISCOVERY_RANGE': discovery},
        command=[*namespace.command(script, network=True), executable()])
    process.wait_for_line('capturing from')

    def sent(device):
        return int(namespace.output(
            process.pid, 'cat', f'/sys/class/net/{device}/statistics/tx_packets'))

    # Announcements are repeated: when three are out on either device, others are too.
    before = sent('outside'), sent('lo')
    until(lambda: sent('lo') >= before[1] + 3 or sent('outside') >= before[0] + 3,
          'announcements', process)
    assert (sent('outside') > 0) == leaves


def test_profile_without_shared_memory(av_capture, listener):
    # As its comment says. The profile lists the loopback interface alone, so that no packet
    # leaves the machine here either.
    process = av_capture(*camera(source='synthetic'), environment={
        **OWN, VARIABLE: WITHOUT_SHARED_MEMORY,
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'SYSTEM_DEFAULT'})
    inbox = listener.subscribe(Image, '/camera/image_raw', depth=5)
    inbox.wait(5, process)
    assert segments(process.pid) == []


def test_topics_are_found_by_a_discovery_server(av_capture, tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    av_capture('-i', 0, '-l', '127.0.0.1', '-p', port,
               command=[shutil.which('fast-discovery-server')])
    environment = {**OWN, 'ROS_DISCOVERY_SERVER': f'127.0.0.1:{port}', 'ROS_SUPER_CLIENT': ''}
    av_capture(*camera(source='synthetic'), environment=environment)
    saver = av_capture(tmp_path / 'film.mkv', '--duration', 1, '--wait', DEADLINE,
                       command=[executable('av_save')], environment=environment)
    assert saver.status() == 0, saver.text()

"""The scripts that set up: what they say of a machine, and the ROS 2 that they lay out."""

import os
from pathlib import Path
import shutil
import subprocess
import sys

import pytest

TOOLS = Path(__file__).parent.parent / 'tools'
# As from a shell in which no ROS 2 is sourced.
BARE = {'PATH': '/usr/bin:/bin', 'HOME': '/nowhere'}


def run(*command, **environment):
    """Run a command to its end."""
    return subprocess.run(command, check=False, env={**BARE, **environment}, text=True,
                          capture_output=True, timeout=60)


def programs(folder, **outputs):
    """Make commands that print a line each; return the PATH with them in front."""
    folder.mkdir()
    for name, output in outputs.items():
        (folder / name).write_text(f'#!/bin/sh\necho {output}\n')
        (folder / name).chmod(0o755)
    return f'{folder}:{BARE["PATH"]}'


@pytest.mark.parametrize('machine', ['aarch64', 'riscv64'])
def test_processor_without_wheels_is_named_before_anything_is_installed(tmp_path, machine):
    shutil.copytree(TOOLS, tmp_path / 'tools')
    before = sorted(tmp_path.rglob('*'))
    path = programs(tmp_path / 'bin', uname=machine)
    result = run(tmp_path / 'tools' / 'setup.sh', PATH=path)
    assert result.returncode == 1, result
    assert f'this machine is {machine}' in result.stderr and 'x86_64 alone' in result.stderr
    assert 'source /opt/ros/' in result.stderr and 'platforms.md' in result.stderr
    after = [name for name in tmp_path.rglob('*') if tmp_path / 'bin' not in (name, *name.parents)]
    assert sorted(after) == before and not result.stdout


def test_processor_does_not_matter_where_a_ros_is_sourced(tmp_path):
    shutil.copytree(TOOLS, tmp_path / 'tools')
    shutil.copy(TOOLS.parent / 'go.mod', tmp_path)
    (tmp_path / 'ros' / 'share' / 'rcl').mkdir(parents=True)
    path = programs(tmp_path / 'bin', uname='aarch64', go='go1.99')
    result = run(tmp_path / 'tools' / 'setup.sh', PATH=path,
                 AMENT_PREFIX_PATH=str(tmp_path / 'ros'))
    assert result.returncode == 0 and 'nothing installed' in result.stdout, result


@pytest.mark.parametrize('environment, middleware, warned', [
    ({}, '', False),
    ({'RMW_IMPLEMENTATION': 'rmw_fastrtps_cpp'}, 'rmw_fastrtps_cpp', False),
    ({'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'}, '', True),
    ({'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp', 'LD_PRELOAD': 'librmw_cyclonedds_cpp.so'},
     'rmw_cyclonedds_cpp', False),
])
def test_middleware_that_the_wheels_lack_is_left_out(tmp_path, environment, middleware, warned):
    (tmp_path / 'bin').mkdir()
    os.symlink(sys.executable, tmp_path / 'bin' / 'python3')
    assert run(TOOLS / 'setup' / 'prefix.sh', tmp_path, 'jazzy').returncode == 0
    preload = environment.pop('LD_PRELOAD', '')
    result = run('sh', '-ec', f'LD_PRELOAD={preload}; . {tmp_path}/setup.sh; '
                 'echo "$ROS_DISTRO [${RMW_IMPLEMENTATION-}]"', **environment)
    assert result.stdout == f'jazzy [{middleware}]\n', result
    assert ('rmw_cyclonedds_cpp is left out' in result.stderr) == warned, result


def script(path, *lines):
    """Write a program of the shell."""
    path.write_text('\n'.join(('#!/bin/sh', *lines, '')))
    path.chmod(0o755)


def test_packages_of_the_guest_are_fetched_until_all_are_there_and_then_no_more(tmp_path):
    shutil.copytree(TOOLS / 'guest', tmp_path / 'tools' / 'guest')
    path = programs(tmp_path / 'bin', uname='x86_64', busybox='', cpio='', depmod='', gcc='',
                    make='', **{'qemu-system-x86_64': '', 'dpkg-deb': ''})
    script(tmp_path / 'bin' / 'apt-cache', 'echo "Depends: linux-image-9.9"',
           'echo "Depends: linux-headers-9.9-common"')
    asked, lost = tmp_path / 'asked', tmp_path / 'lost'
    script(tmp_path / 'bin' / 'apt-get', f'echo "$*" >>{asked}',
           f'[ "$3" != v4l2loopback-dkms ] || [ ! -e {lost} ]')
    build = tmp_path / 'tools' / 'guest' / 'build.sh'

    lost.touch()
    result = run(build, 'fetch', PATH=path)
    assert result.returncode == 1 and 'no package v4l2loopback-dkms' in result.stderr, result
    lost.unlink()
    asked.unlink()
    assert run(build, 'fetch', PATH=path).returncode == 0
    assert [line.split()[-1] for line in asked.read_text().splitlines()] == [
        'linux-image-9.9', 'linux-headers-9.9', 'linux-headers-9.9-common', 'v4l2loopback-dkms']
    asked.unlink()
    result = run(build, 'fetch', PATH=path)
    assert (result.returncode, result.stdout) == (0, '') and not asked.exists(), result


def test_go_modules_that_are_missing_are_fetched_and_the_others_not_asked_for(tmp_path):
    shutil.copytree(TOOLS / 'setup', tmp_path / 'tools' / 'setup')
    (tmp_path / 'ros' / 'share' / 'rcl').mkdir(parents=True)
    (tmp_path / 'bin').mkdir()
    asked = tmp_path / 'asked'
    script(tmp_path / 'bin' / 'go', f'echo "$2 $GOPROXY" >>{asked}',
           '[ "$GOPROXY" != off ] || case $2 in */rclgo) false;; esac')
    modules = tmp_path / 'tools' / 'setup' / 'modules.sh'
    result = run(modules, PATH=f'{tmp_path}/bin:{BARE["PATH"]}',
                 AMENT_PREFIX_PATH=str(tmp_path / 'ros'))
    assert result.returncode == 0 and result.stdout.count('fetching') == 1, result
    assert asked.read_text().split('\n') == [
        f'{tmp_path}/. off', f'{tmp_path}/src/rclgo off', f'{tmp_path}/src/rclgo ',
        f'{tmp_path}/tools/lint off', '']


@pytest.mark.parametrize('folder, anew', [('here', False), ('moved', True), ('copied', True)])
def test_a_build_of_another_folder_is_made_anew(tmp_path, folder, anew):
    shutil.copytree(TOOLS / 'setup', tmp_path / 'here' / 'tools' / 'setup')
    shutil.copy(TOOLS / 'build.sh', tmp_path / 'here' / 'tools')
    (tmp_path / 'ros' / 'share' / 'rcl').mkdir(parents=True)
    path = programs(tmp_path / 'bin', go='', colcon='colcon was called')
    for name in ('build/av_capture', 'install', 'src/msgs'):
        (tmp_path / 'here' / name).mkdir(parents=True)
        (tmp_path / 'here' / name / 'made').touch()
    (tmp_path / 'here' / 'build' / '.underlay').write_text(f'{tmp_path}/ros\n')
    (tmp_path / 'here' / 'build' / 'av_capture' / 'CMakeCache.txt').write_text(
        f'CMAKE_HOME_DIRECTORY:INTERNAL={tmp_path}/here\n')
    if folder == 'moved':
        (tmp_path / 'here').rename(tmp_path / 'moved')
    elif folder == 'copied':
        shutil.copytree(tmp_path / 'here', tmp_path / 'copied')
    result = run(tmp_path / folder / 'tools' / 'build.sh', PATH=path,
                 AMENT_PREFIX_PATH=str(tmp_path / 'ros'))
    assert result.returncode == 0 and 'colcon was called' in result.stdout, result
    made = list((tmp_path / folder).rglob('made'))
    assert len(made) == (0 if anew else 3) and ('building anew' in result.stdout) == anew, result

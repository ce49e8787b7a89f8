"""A user who may not open a camera, or not see who has it, is told what to do."""

import grp
import os
from pathlib import Path
import stat

from harness.deadline import until
from harness.parameters import camera as of_camera
from harness.process import executable
import pytest

NOBODY = 65534
VIDEO = grp.getgrnam('video').gr_gid


@pytest.fixture
def as_nobody(av_capture, camera, tmp_path_factory):
    """Return a starter of the executable as a user of some groups; video owns the camera."""
    before = os.stat(camera.path)
    os.chown(camera.path, 0, VIDEO)
    os.chmod(camera.path, 0o660)
    logs = tmp_path_factory.getbasetemp().parent / 'nobody'
    logs.mkdir(exist_ok=True)
    os.chmod(logs, 0o777)
    for folder in (logs.parent, logs.parent.parent):
        os.chmod(folder, os.stat(folder).st_mode | 0o011)
    # The package may lie in a home folder that others may not enter.
    closed = {folder: mode for folder, mode in modes_above_the_package() if not mode & 0o001}
    for folder, mode in closed.items():
        os.chmod(folder, mode | 0o001)

    def start(*arguments, groups=None):
        return av_capture(
            *arguments, environment={'HOME': str(logs), 'ROS_LOG_DIR': str(logs)},
            command=['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}',
                     f'--groups={groups}' if groups else '--clear-groups', executable()])
    yield start
    for folder, mode in closed.items():
        os.chmod(folder, mode)
    os.chown(camera.path, before.st_uid, before.st_gid)
    os.chmod(camera.path, before.st_mode & 0o777)


def modes_above_the_package():
    """Return the folders in which the executable and its libraries lie, with their modes."""
    libraries = filter(None, os.environ['LD_LIBRARY_PATH'].split(':'))
    folders = {folder for path in (executable(), *libraries) for folder in Path(path).resolve().parents}
    return [(folder, stat.S_IMODE(os.stat(folder).st_mode)) for folder in sorted(folders)]


CURE = 'permission denied; join the group video, which owns {0}: sudo usermod -aG video $USER'


def test_group_to_join_is_named(as_nobody, camera):
    process = as_nobody(*of_camera(video_device=camera.path))
    assert CURE.format(camera.path) in process.wait_for_line('ERROR')
    listing = as_nobody('--list-devices')
    assert listing.status() == 0, listing.text()
    text = ' '.join(' '.join(listing.lines()).split())
    assert f'{camera.path} "' in text
    assert 'closed it cannot be opened: ' + CURE.format(camera.path) in text
    demo = as_nobody('--demo', '--nodes', 'camera')
    assert CURE.format(camera.path) in demo.wait_for_line('^camera: +none can be opened')


def test_program_of_another_user_is_told_of(as_nobody, camera):
    other = camera.hold('YUYV', 320, 180, 30)
    try:
        until(lambda: camera.is_busy, 'the other program streams')
        process = as_nobody(*of_camera(video_device=camera.path), groups=VIDEO)
        line = process.wait_for_line('ERROR')
        assert 'in use by another program, which cannot be seen from here' in line
        assert f'sudo fuser -v {camera.path}' in line
    finally:
        other.end()

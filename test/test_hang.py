"""A hanging virtual machine: silence ends it, and the next one goes on with the other cases."""

import os
from pathlib import Path
import subprocess
import sys
from xml.etree import ElementTree

from harness.deadline import DEADLINE

FOLDER = Path(__file__).parents[1]
SILENT = 124

CASES = """
import os
from pathlib import Path

import pytest


@pytest.fixture(scope='module', params=['one', 'two'])
def shared(request):
    with open('log', 'a') as log:
        print('set up', request.param, file=log)
    return request.param


@pytest.fixture(autouse=True)
def noted(request):
    with open('log', 'a') as log:
        print(request.node.name, file=log)


def test_passes(shared):
    pass


def test_fails(shared):
    assert shared == 'two', 'it fails once'


def test_is_skipped():
    pytest.skip('it cannot be run here')


@pytest.mark.xfail
def test_is_expected_to_fail():
    assert False


def test_cuts_the_run_short():
    if not Path('cut').exists():
        Path('cut').touch()
        os._exit(7)


def test_comes_last():
    pass
"""


def watch(seconds, answer, script):
    """Run a shell script under the guest's watch."""
    return subprocess.run([FOLDER / 'tools/guest/watch.py', seconds, answer, 'sh', '-c', script],
                          capture_output=True, text=True, timeout=DEADLINE, check=False)


def test_who_says_something_is_never_ended():
    # Longer on the whole than the silence that is allowed, and never a whole line.
    done = watch('2', '1', 'for i in 1 2 3 4 5 6 7 8; do printf .; sleep 0.4; done; exit 3')
    assert (done.returncode, done.stdout) == (3, '.' * 8)


def test_who_is_silent_is_asked_and_ended():
    done = watch('2', '5', 'printf begun; read line; while :; do echo here; sleep 0.1; done')
    assert done.returncode == SILENT
    assert done.stdout.startswith('begunhere\n')


def run(folder):
    """Run the cases, on top of what is known of them."""
    return subprocess.run(
        [sys.executable, '-m', 'pytest', '-p', 'no:cacheprovider', '-v', '-p', 'rig.reports',
         '--reports=reports', '--junit-xml=junit.xml', 'test_cases.py'], cwd=folder,
        env={**os.environ, 'PYTHONPATH': f'{FOLDER}/test/devices:{os.environ["PYTHONPATH"]}'},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=DEADLINE, check=False)


def test_the_second_run_goes_on_where_the_first_was_cut_short(tmp_path):
    (tmp_path / 'test_cases.py').write_text(CASES)
    first = run(tmp_path)
    assert first.returncode == 7, first.stdout
    with open(tmp_path / 'reports', 'a') as reports:
        reports.write('[{"nodeid": "test_cases.py::test_com')  # as far as it came to be written

    second = run(tmp_path)
    assert second.returncode == 1, second.stdout
    assert '1 failed, 5 passed, 1 skipped, 1 xfailed' in second.stdout
    assert '6 of these cases ended in an earlier run' in second.stdout
    assert 'it fails once' in second.stdout
    assert (tmp_path / 'log').read_text().splitlines() == [
        'set up one', 'test_passes[one]', 'test_fails[one]',
        'set up two', 'test_passes[two]', 'test_fails[two]',
        'test_is_skipped', 'test_is_expected_to_fail',
        'test_cuts_the_run_short', 'test_cuts_the_run_short', 'test_comes_last']
    told = ElementTree.parse(tmp_path / 'junit.xml').findall('.//testcase')
    assert len(told) == 8
    assert [case.get('name') for case in told if case.find('failure') is not None] == [
        'test_fails[one]']
    # Nothing is left for a third.
    third = run(tmp_path)
    assert third.returncode == 1 and '1 failed, 5 passed, 1 skipped' in third.stdout, third.stdout
    assert '8 of these cases ended in an earlier run' in third.stdout

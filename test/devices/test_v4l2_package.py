"""The camera package's own tests on the virtual camera: TestVivid… in Go, run once for all."""

from pathlib import Path
import re

from harness.deadline import until
from harness.process import Process
import pytest

FOLDER = Path(__file__).parents[2]
PACKAGE = FOLDER / 'src/internal/acquire/v4l2'
BINARY = FOLDER / 'build/v4l2.test'  # tools/devices.sh makes it
NAMES = [name for file in sorted(PACKAGE.glob('vivid*_test.go'))
         for name in re.findall(r'^func (TestVivid\w+)', file.read_text(), re.M)]

pytestmark = pytest.mark.virtual('is no virtual camera, whose driver fails on demand')


@pytest.fixture(scope='module')
def go():
    """Return all tests, running; they count memory, which several arenas would blur."""
    process = started('^TestVivid')
    yield process
    process.kill()


def started(pattern):
    """Start the tests whose names match."""
    return Process(['-test.v', '-test.run', pattern], {'MALLOC_ARENA_MAX': '1'},
                   command=['env', f'--chdir={PACKAGE}', str(BINARY)])


@pytest.mark.parametrize('name', NAMES)
def test_go(go, name):
    # The camera is theirs until their end.
    until(lambda: go.lines(f'^--- [A-Z]+: {name} ') or not go.running, name,
          progress=lambda: len(go.lines()))
    if not go.running:
        go.status()  # and all that they said has come
    _, _, own = '\n'.join(go.lines()).partition(f'=== RUN   {name}\n')
    print(re.split(r'\n=== RUN   \w+\n', own)[0] or go.text()[-2000:])
    assert go.lines(f'^--- PASS: {name} ')


def test_go_leaves_nothing_behind(go):
    assert go.status(lambda: len(go.lines())) == 0, go.text()[-2000:]
    assert go.lines()[-1] == 'PASS'


def test_go_on_the_multi_planar_interface(multiplanar):
    """All formats, those of several parts of memory too, and padded rows."""
    process = started('^TestVivid(Converts|Padded)')
    assert process.status(lambda: len(process.lines())) == 0, process.text()[-2000:]
    for name in 'ConvertsEveryFormat', 'PaddedRowsAreTheSameImage':
        assert process.lines(f'^--- PASS: TestVivid{name} '), process.text()[-2000:]

"""The camera package's own tests on the virtual camera: TestVivid… in Go, run once for all."""

import os
from pathlib import Path
import re
import subprocess

import pytest

FOLDER = Path(__file__).parents[2]
PACKAGE = FOLDER / 'src/internal/acquire/webcam'
BINARY = FOLDER / 'build/webcam.test'  # tools/devices.sh makes it
NAMES = [name for file in sorted(PACKAGE.glob('vivid*_test.go'))
         for name in re.findall(r'^func (TestVivid\w+)', file.read_text(), re.M)]
LIMIT = 170  # [s] far beyond what they take, and less than what the suite allows a case

pytestmark = pytest.mark.virtual('is no virtual camera, whose driver fails on demand')


@pytest.fixture(scope='module')
def output():
    """Return what all tests had to say; they count memory, which several arenas would blur."""
    return subprocess.run(
        [BINARY, '-test.v', '-test.run', '^TestVivid', f'-test.timeout={LIMIT}s'], cwd=PACKAGE,
        env={**os.environ, 'MALLOC_ARENA_MAX': '1'}, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors='replace').stdout


@pytest.mark.parametrize('name', NAMES)
def test_go(camera, output, name):
    _, _, own = output.partition(f'=== RUN   {name}\n')
    print(own.partition('\n=== RUN   TestVivid')[0] or output[-2000:])
    assert f'\n--- PASS: {name} ' in output


def test_go_leaves_nothing_behind(output):
    assert output.rstrip().endswith('PASS'), output[-2000:]

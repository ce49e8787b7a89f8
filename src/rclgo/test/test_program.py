"""The Go tests of the generated bindings."""

import os
from pathlib import Path
import subprocess

import pytest


@pytest.mark.parametrize('experiment, flags', [('', []), ('cgocheck2', ['-race'])])
def test_go_tests_pass(program, experiment, flags):
    done = subprocess.run(
        ['go', 'test', '-count=1', *flags, './...'], cwd=Path(__file__).parent / 'program',
        env={**os.environ, 'GOEXPERIMENT': experiment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout

"""The Go tests of the generated bindings."""

import os
from pathlib import Path
import shlex
import subprocess


def test_go_tests_pass(program):
    command = ['go', 'test', *shlex.split(os.environ.get('RCLGO_TEST_FLAGS', '')), './...']
    done = subprocess.run(command, cwd=Path(__file__).parent / 'program', stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout

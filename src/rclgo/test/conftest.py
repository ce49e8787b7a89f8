"""Builds rclgo_test_msgs, its Go bindings and the Go program, and runs it.

Wanted: a ROS environment (AMENT_PREFIX_PATH, colcon, rclpy), Go, and
CGO_CFLAGS and CGO_LDFLAGS that compile and link rclgo. RCLGO_TEST_BUILD is the
folder to build in, RCLGO_TEST_MODULE the module github.com/tiiuae/rclgo to
test, by default the one that the tests lie in.
"""

import ctypes
import hashlib
import os
from pathlib import Path
import shlex
import subprocess
import sys

import pytest

HERE = Path(__file__).parent
MODULE = Path(os.environ.get('RCLGO_TEST_MODULE', HERE.parent)).resolve()
BUILD = Path(os.environ.get('RCLGO_TEST_BUILD', HERE.parents[2] / 'build' / 'rclgo_test')).resolve()
PACKAGE = 'rclgo_test_msgs'
PREFIX = BUILD / 'install' / PACKAGE

# No packet leaves the machine, and no other program of it is spoken to.
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
os.environ.setdefault('ROS_DOMAIN_ID', '45')

sys.path.insert(0, str(HERE))


def run(*command, **options):
    """Run a command; if it fails, fail with its output."""
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f'{shlex.join(done.args)}: exit status {done.returncode}\n{done.stdout}')
    return done.stdout


def build_interfaces():
    """Build rclgo_test_msgs, and let this process and its children find it."""
    # colcon takes seconds to find that there is nothing to do.
    digest = hashlib.sha256(os.environ['AMENT_PREFIX_PATH'].encode())
    for file in sorted((HERE / PACKAGE).glob('**/*.*')):
        digest.update(file.name.encode() + b'\0' + file.read_bytes())
    built = BUILD / 'interfaces.sha256'
    if not built.exists() or built.read_text() != digest.hexdigest():
        run('colcon', '--log-base', BUILD / 'log', 'build', '--paths', HERE / PACKAGE,
            '--build-base', BUILD / 'build', '--install-base', BUILD / 'install', cwd=BUILD)
        built.write_text(digest.hexdigest())

    def prepend(name, path):
        old = os.environ.get(name)
        os.environ[name] = f'{path}{os.pathsep}{old}' if old else str(path)

    prepend('AMENT_PREFIX_PATH', PREFIX)
    prepend('LD_LIBRARY_PATH', PREFIX / 'lib')
    for packages in PREFIX.glob('**/python3*/*-packages'):
        sys.path.insert(0, str(packages))
        prepend('PYTHONPATH', packages)
    # For this process LD_LIBRARY_PATH comes too late. The loader takes what is
    # loaded already, and some depend on others: until all are.
    libraries = set((PREFIX / 'lib').glob('lib*.so'))
    while libraries:
        loaded = set()
        for library in libraries:
            try:
                ctypes.CDLL(str(library), ctypes.RTLD_GLOBAL)
                loaded.add(library)
            except OSError as err:
                error = err
        if not loaded:
            raise error
        libraries -= loaded


def build_program():
    """Generate the bindings and build the Go program from them."""
    generator = BUILD / 'rclgo-gen'
    run('go', 'build', '-o', generator, './cmd/rclgo-gen', cwd=HERE.parent)
    messages = BUILD / 'msgs'
    flags = run(generator, 'generate', '--dest-path', messages, '--message-module-prefix', 'rclgo_test/msgs',
                '--include-package-deps', PACKAGE, '--cgo-flags-path', '-')
    for line in flags.splitlines():
        name, _, value = line.partition('=')
        os.environ[name] = f'{shlex.split(value)[0]} {os.environ.get(name, "")}'
    write(messages / 'go.mod', 'module rclgo_test/msgs\n\ngo 1.26.0\n')
    write(BUILD / 'go.work', f'go 1.26.0\n\nuse (\n\t{messages}\n\t{HERE / "program"}\n\t{MODULE}\n)\n')
    os.environ['GOWORK'] = str(BUILD / 'go.work')
    # Workspaces and -mod exclude each other.
    kept = [flag for flag in os.environ.get('GOFLAGS', '').split() if not flag.startswith('-mod=')]
    os.environ['GOFLAGS'] = ' '.join(kept)
    program = BUILD / 'program'
    run('go', 'build', '-o', program, '.', cwd=HERE / 'program')
    return program


def write(path, text):
    """Write a file unless it has this content."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture(scope='session')
def program():
    """Return the path of the Go program, after building it and all it needs."""
    BUILD.mkdir(parents=True, exist_ok=True)
    build_interfaces()
    return build_program()


@pytest.fixture(scope='session')
def go(program):
    """Return the running Go program, and end it after the tests."""
    from go_program import GoProgram
    with GoProgram(program) as running:
        yield running


@pytest.fixture(scope='session')
def node(program):
    """Return a node of rclpy, spun by the tests that wait for something."""
    import rclpy
    rclpy.init()
    node = rclpy.create_node('python')
    yield node
    node.destroy_node()
    rclpy.shutdown()

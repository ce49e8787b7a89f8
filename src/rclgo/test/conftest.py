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
    # For this process LD_LIBRARY_PATH comes too late. The loader takes libraries
    # that are loaded already, and some depend on others: until all are.
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


def generate(folder, module, *packages):
    """Write the bindings of ROS packages as a Go module, and let cgo find their libraries."""
    generator = BUILD / 'rclgo-gen'
    run('go', 'build', '-o', generator, './cmd/rclgo-gen', cwd=HERE.parent, env={**os.environ, 'GOWORK': 'off'})
    chosen = [argument for package in packages for argument in ('--include-package-deps', package)]
    flags = run(generator, 'generate', '--dest-path', folder, '--message-module-prefix', module,
                *chosen, '--cgo-flags-path', '-')
    for line in flags.splitlines():
        name, _, value = line.partition('=')
        os.environ[name] = f'{shlex.split(value)[0]} {os.environ.get(name, "")}'
    write(folder / 'go.mod', f'module {module}\n\ngo 1.25.0\n')


def in_workspace(name, *modules):
    """Return the environment in which Go takes these modules from where they are."""
    file = BUILD / name
    write(file, 'go 1.25.0\n\nuse (\n' + ''.join(f'\t{module}\n' for module in modules) + ')\n')
    # Workspaces and -mod exclude each other.
    kept = [flag for flag in os.environ.get('GOFLAGS', '').split() if not flag.startswith('-mod=')]
    return {'GOWORK': str(file), 'GOFLAGS': ' '.join(kept)}


def build_program():
    """Generate the bindings and build the Go program from them."""
    messages = BUILD / 'msgs'
    generate(messages, 'rclgo_test/msgs', PACKAGE)
    os.environ.update(in_workspace('go.work', messages, HERE / 'program', HERE / 'events', MODULE))
    program = BUILD / 'program'
    run('go', 'build', '-o', program, '.', cwd=HERE / 'program')
    return program


def build_examples():
    """Check and build the examples, as they lie beside this folder."""
    source = HERE.parent / 'examples'
    command = (source / 'generate.go').read_text().split('//go:generate ')[1].split()
    packages = [command[i + 1] for i, word in enumerate(command) if word == '--include-package-deps']
    messages = BUILD / 'example_msgs'
    generate(messages, 'rclgo_examples/msgs', *packages)
    environment = {**os.environ, **in_workspace('examples.work', messages, source)}
    run('go', 'vet', './...', cwd=source, env=environment)
    built = BUILD / 'examples'
    built.mkdir(exist_ok=True)
    run('go', 'build', '-o', f'{built}/', './...', cwd=source, env=environment)
    return built


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
def events(program):
    """Return the path of the Go program that tells of events."""
    path = BUILD / 'events'
    run('go', 'build', '-o', path, '.', cwd=HERE / 'events')
    return path


@pytest.fixture(scope='session')
def examples(program):
    """Return the folder of the examples, built."""
    return build_examples()


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

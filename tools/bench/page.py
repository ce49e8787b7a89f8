"""The cost of a page of av_view, beside a server that makes a JPEG of each image for a browser."""

import contextlib
import os
import re
import signal
import statistics
import subprocess
import time

from ament_index_python.packages import get_package_prefix
from harness.browser import Browser
from harness.usage import processor_time
from publisher import environment, Publisher

JPEGS = os.path.join(os.path.dirname(__file__), '../../build/bench/jpegs')
RATE = 30.0  # [images/s]
SECONDS = 4.0
WARM = 2.0  # [s] until all that comes once has come


class Server:
    """A running program that takes the images."""

    def __init__(self, domain, *command):
        """Start it."""
        self.child = subprocess.Popen(command, env=environment(domain), stdout=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL, text=True)

    def line(self):
        """Wait for its next line."""
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError(f'{self.child.args[0]} ended with status {self.child.wait()}')
        return line

    def __enter__(self):
        """Return it."""
        return self

    def __exit__(self, *_):
        """End it."""
        self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(20)
        finally:
            self.child.kill()
            self.child.wait()
            self.child.stdout.close()


def nobody(domain, **size):
    """Return the shares of a core [%] while no page is open."""
    return looked_at(domain, size, lambda *_: None)


def page(domain, **size):
    """Return the shares of a core [%] with one page, which shows the picture and the sound."""
    def open_page(stack, view):
        browser = stack.enter_context(contextlib.closing(Browser()))
        shown = browser.page(re.search(r'http://\S+', view.line())[0])
        shown.wait_for_text('#sound-format', 'Hz')
        shown.wait_for_text('#picture-rate', 'images/s')
        return lambda: shown.number('#picture-rate')
    return looked_at(domain, size, open_page)


def looked_at(domain, size, look):
    """Return the shares of a core [%] of the nodes and of av_view, while look's page is open."""
    program = os.path.join(get_package_prefix('av_capture'), 'lib/av_capture/av_view')
    with contextlib.ExitStack() as stack:
        nodes = stack.enter_context(nodes_of(domain, size))
        view = stack.enter_context(Server(domain, program, '--port', '0'))
        rate = look(stack, view)
        return shares(nodes, view) | ({'rate': rate()} if rate else {})


def jpegs(domain, **size):
    """Return the shares of a core [%] with a server that makes a JPEG of each image."""
    with nodes_of(domain, size) as nodes, Server(domain, JPEGS) as server:
        server.line()
        result = shares(nodes, server)
        rates = [float(server.line()) for _ in range(int(WARM + SECONDS))]  # one a second
        return result | {'rate': statistics.mean(rates[int(WARM):])}


def nodes_of(domain, size):
    """Return both nodes, with synthetic sources."""
    return Publisher(domain, ['camera', 'microphone'], camera__framerate=RATE, **{
        f'camera__image_{name}': value for name, value in size.items()})


def shares(nodes, server):
    """Return the shares of a core [%] that the nodes and a server take, over some seconds."""
    time.sleep(WARM)
    start = time.monotonic()
    before = nodes.processor_time(), processor_time(server.child.pid)
    time.sleep(SECONDS)
    after = nodes.processor_time(), processor_time(server.child.pid)
    lasted = time.monotonic() - start
    nodes_share, server_share = (100 * (b - a) / lasted for a, b in zip(before, after))
    return {'nodes': nodes_share, 'server': server_share}

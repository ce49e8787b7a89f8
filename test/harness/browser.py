"""A browser without a window, driven over the Chrome DevTools protocol."""

import base64
import contextlib
import functools
import itertools
import json
import os
from pathlib import Path
import platform
import queue
import re
import shutil
import subprocess
import tempfile
import threading

import websocket

from .deadline import DEADLINE, until

# Of Debian, of Google, and Ubuntu's, which is a snap.
PROGRAMS = ('chromium', 'google-chrome-stable', 'google-chrome', '/snap/bin/chromium')


@functools.cache
def program():
    """Return the path of the first browser that answers, '' if there is none."""
    for path in filter(None, map(shutil.which, PROGRAMS)):
        # A snap needs its daemon, which containers lack.
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([path, '--version'], stdin=subprocess.DEVNULL,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           timeout=DEADLINE, check=True)
            return path
    return ''


def unavailable():
    """Return why this system need not have the browser, '' if it has or must have it."""
    if program() or os.environ.get('CI') or platform.freedesktop_os_release().get('ID') == 'debian':
        return ''
    return f'NOT TESTED: none of {", ".join(PROGRAMS)} runs here; install one'


class Browser:
    """Chromium with a new profile."""

    def __init__(self):
        """Start it."""
        chromium = program()
        assert chromium, f'none of {PROGRAMS} runs'
        # A snap sees no other folder of this machine.
        own = Path.home() / 'snap/chromium/common' if chromium.startswith('/snap/') else None
        self._folder = tempfile.mkdtemp(prefix='av_view_browser_', dir=own)
        self.downloads = Path(self._folder, 'downloads')
        arguments = [
            '--headless=new', '--remote-debugging-port=0', f'--user-data-dir={self._folder}',
            '--no-first-run', '--disable-gpu', '--disable-background-networking',
            '--disable-component-update', '--disable-dev-shm-usage', '--disable-sync', '--force-device-scale-factor=1',
            *(['--no-sandbox'] if os.geteuid() == 0 else [])]
        self._child = subprocess.Popen(
            [chromium, *arguments, 'about:blank'], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors='replace',
            start_new_session=True)
        self._log = []
        self._socket = self._reader = None
        self._drain = threading.Thread(target=self._read_log, daemon=True)
        self._drain.start()
        try:
            self._connect()
        except BaseException:
            self.close()
            raise

    def _connect(self):
        address = until(self._address, 'the address of DevTools', self)
        self._socket = websocket.create_connection(
            address, suppress_origin=True, timeout=DEADLINE)
        self._socket.settimeout(None)
        self._sending = threading.Lock()
        self._ids = itertools.count(1)
        self._answers = {}
        self._handlers = {}  # by session
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.command('Browser.setDownloadBehavior', behavior='allow',
                     downloadPath=str(self.downloads))

    def _read_log(self):
        for line in self._child.stderr:
            self._log.append(line)

    def _address(self):
        return next((match[1] for line in list(self._log)
                     if (match := re.match(r'DevTools listening on (\S+)', line))), None)

    def _read(self):
        with contextlib.suppress(OSError, websocket.WebSocketException):
            while True:
                text = self._socket.recv()
                if not text:
                    return
                message = json.loads(text)
                if 'id' in message:
                    self._answers[message['id']].put(message)
                elif (handler := self._handlers.get(message.get('sessionId'))) is not None:
                    handler(message['method'], message['params'])

    def check_running(self, what):
        """Fail if it has ended during the wait for what."""
        if self._child.poll() is not None:
            raise AssertionError(f'the browser ended before: {what}\n{self.text()}')

    def text(self):
        """Return its log, for failures."""
        return ''.join(line for line in self._log if 'dbus' not in line)

    def command(self, method, session=None, **parameters):
        """Send a command, and return its result."""
        number = next(self._ids)
        answer = self._answers[number] = queue.Queue()
        message = {'id': number, 'method': method, 'params': parameters}
        if session:
            message['sessionId'] = session
        with self._sending:
            self._socket.send(json.dumps(message))
        try:
            result = answer.get(timeout=DEADLINE)
        except queue.Empty:
            raise AssertionError(f'no answer to {method}\n{self.text()}') from None
        del self._answers[number]
        assert 'error' not in result, f'{method}: {result["error"]}'
        return result['result']

    def page(self, url, window=True, **options):
        """
        Return a new page that shows url; options are those of Page.

        Without a window of its own it is a tab, which hides the others of the last window.
        """
        target = self.command(
            'Target.createTarget', url='about:blank', newWindow=window)['targetId']
        session = self.command('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        page = Page(self, target, session, **options)
        self._handlers[session] = page.handle
        try:
            page.open(url)
        except BaseException:
            page.close()
            raise
        return page

    def close(self):
        """End it, and remove its profile."""
        try:
            if self._reader is not None:
                with contextlib.suppress(Exception):
                    self.command('Browser.close')
                self._child.wait(DEADLINE)
        finally:
            self._child.kill()
            self._child.wait()
            if self._socket is not None:
                self._socket.close()
            if self._reader is not None:
                self._reader.join(DEADLINE)
            self._drain.join(DEADLINE)
            self._child.stderr.close()
            shutil.rmtree(self._folder, ignore_errors=True)


class Page:
    """A page, in a tab of its own."""

    def __init__(self, browser, target, session, size=(1280, 900), scheme='dark',
                 script=None, bypass_policy=False):
        """
        Prepare it.

        size is its width and height, scheme light or dark; script runs before those of the
        page; bypass_policy has the page's content security policy ignored.
        """
        self.browser = browser
        self._target, self._session = target, session
        self._options = size, scheme, script, bypass_policy
        self.errors = []  # exceptions, and what the console says of errors

    def handle(self, method, parameters):
        """Take an event of the page."""
        if method == 'Runtime.exceptionThrown':
            self.errors.append(json.dumps(parameters['exceptionDetails']))
        elif method == 'Log.entryAdded' and parameters['entry']['level'] == 'error':
            self.errors.append(json.dumps(parameters['entry']))

    def command(self, method, **parameters):
        """Send a command, and return its result."""
        return self.browser.command(method, self._session, **parameters)

    def open(self, url):
        """Show url."""
        size, scheme, script, bypass_policy = self._options
        for domain in ('Runtime', 'Log', 'Page'):
            self.command(f'{domain}.enable')
        self.command('Emulation.setDeviceMetricsOverride', width=size[0], height=size[1],
                     deviceScaleFactor=1, mobile=size[0] < 600)
        self.command('Emulation.setEmulatedMedia',
                     features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        if bypass_policy:
            self.command('Page.setBypassCSP', enabled=True)
        if script:
            self.command('Page.addScriptToEvaluateOnNewDocument', source=script)
        self.command('Page.navigate', url=url)
        self.until('document.readyState === "complete"'
                   f' && location.href.startsWith({json.dumps(url)})')

    def evaluate(self, expression):
        """Return the value of an expression, of what it promises for a promise."""
        result = self.command('Runtime.evaluate', expression=expression, awaitPromise=True,
                              returnByValue=True, userGesture=True)
        assert 'exceptionDetails' not in result, f'{expression}: {result["exceptionDetails"]}'
        return result['result'].get('value')

    def until(self, expression, process=None):
        """Wait until an expression is true, and return its value."""
        try:
            return until(lambda: self.evaluate(expression), expression, process or self.browser)
        except AssertionError as failure:
            shown = self.evaluate('document.body.innerText')
            raise AssertionError(f'{failure}\nthe page:\n{shown}\n{self.errors}') from None

    def text(self, selector):
        """Return the text of an element that is shown, '' of one that is hidden."""
        return self.evaluate(f'document.querySelector({json.dumps(selector)}).innerText')

    def wait_for_text(self, selector, pattern, process=None):
        """Wait until the text of an element matches the regular expression."""
        self.until(f'new RegExp({json.dumps(pattern)}).test('
                   f'document.querySelector({json.dumps(selector)}).innerText)', process)

    def number(self, selector):
        """Return the number with which the text of an element begins."""
        return float(self.text(selector).split()[0])

    def click(self, selector):
        """Press a button, as a user does."""
        self.until(f'!document.querySelector({json.dumps(selector)}).disabled')
        x, y = self.middle(selector)
        for kind in ('mousePressed', 'mouseReleased'):
            self.command('Input.dispatchMouseEvent', type=kind, x=x, y=y, button='left',
                         clickCount=1)

    def point(self, x, y):
        """Move the mouse."""
        self.command('Input.dispatchMouseEvent', type='mouseMoved', x=x, y=y)

    def press(self, key, code=None, text=None):
        """Press a key."""
        more = {'text': text} if text else {}
        self.command('Input.dispatchKeyEvent', type='keyDown', key=key, code=code or key, **more)
        self.command('Input.dispatchKeyEvent', type='keyUp', key=key, code=code or key)

    def box(self, selector):
        """Return left, top, width and height of an element, after scrolling to it."""
        return self.evaluate(
            f'(() => {{ const e = document.querySelector({json.dumps(selector)});'
            'e.scrollIntoView({block: "nearest"}); const b = e.getBoundingClientRect();'
            'return [b.left, b.top, b.width, b.height]; })()')

    def middle(self, selector):
        """Return the middle of an element."""
        left, top, width, height = self.box(selector)
        return left + width / 2, top + height / 2

    def pixels(self, canvas):
        """Return width, height, and the pixels of a canvas: red, green, blue, opacity."""
        width, height, data = self.evaluate(
            f'(() => {{ const c = document.querySelector({json.dumps(canvas)});'
            'const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;'
            'let s = ""; for (let i = 0; i < d.length; i += 8192)'
            's += String.fromCharCode(...d.subarray(i, i + 8192));'
            'return [c.width, c.height, btoa(s)]; })()')
        return width, height, base64.b64decode(data)

    def download(self, name):
        """Wait for a whole file that the page saves, by the pattern of its name."""
        def whole():
            return next((p for p in self.browser.downloads.glob(name) if p.stat().st_size), None)
        return until(whole, f'the file {name}', self.browser)

    def screenshot(self, path):
        """Save what is shown, all of it, as PNG."""
        data = self.command('Page.captureScreenshot', captureBeyondViewport=True)['data']
        Path(path).write_bytes(base64.b64decode(data))

    def close(self):
        """Close it."""
        self.browser.command('Target.closeTarget', targetId=self._target)

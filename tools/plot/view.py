#!/usr/bin/env python3
"""
Draw doc/view.png: the page of av_view in Chromium.

    . tools/environment.sh && python3 tools/plot/view.py doc/view.png

The built executables play speech, by espeak-ng, and show the synthetic test pattern.
"""

import os
from pathlib import Path
import re
import signal
import subprocess
import sys
import tempfile

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / 'test'))

from harness.browser import Browser  # noqa: E402 - after the path to it

PROGRAMS = TOP / 'install/av_capture/lib/av_capture'
TEXT = ('One robot, one camera, one microphone: images and sound on one clock. '
        'Every lost sample is counted, and every stamp is the time of acquisition.')


def main():
    """Start the nodes and the page, wait until its spectrogram is full, end them."""
    os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
    with tempfile.TemporaryDirectory() as folder:
        speech = os.path.join(folder, 'speech.wav')
        subprocess.run(['espeak-ng', '-w', speech, TEXT], check=True)
        nodes = subprocess.Popen([
            PROGRAMS / 'av_capture', '--ros-args', '-p', 'camera:source:=synthetic',
            '-p', 'microphone:source:=file', '-p', 'microphone:loop:=true',
            '-p', 'microphone:device:=speech.wav'], cwd=folder)
        view = subprocess.Popen([PROGRAMS / 'av_view', '--port', '0'],
                                stdout=subprocess.PIPE, text=True)
        browser = Browser()
        try:
            address = next(filter(None, (re.search(r'http://\S+', line) for line in view.stdout)))
            page = browser.page(address[0])
            page.wait_for_text('#status', r'camera[^]*works[^]*microphone[^]*works')
            page.click('#listen')
            page.press('f', 'KeyF', 'f')
            # The oldest column at the left is drawn, too, and no sound was missing since
            # Listen was pressed, which begins to count anew.
            page.until("""(() => {
                const listen = document.querySelector('#listen');
                const heard = document.querySelector('#listening').innerText;
                if (/underrun|skipped|left out/.test(heard)) {
                    listen.click();
                    listen.click();
                }
                const c = document.querySelector('#spectrogram');
                const d = c.getContext('2d').getImageData(50, 100, 6, 150).data;
                return d.some((v, i) => i % 4 === 0 && v > 100) && /its sound$/.test(heard);
            })()""")
            page.screenshot(os.path.join(folder, 'page.png'))
            subprocess.run([  # 256 colours: a third of the size
                'ffmpeg', '-v', 'error', '-y', '-i', os.path.join(folder, 'page.png'), '-filter_complex',
                'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none', sys.argv[1]],
                check=True)
        finally:
            browser.close()
            for process in (view, nodes):
                process.send_signal(signal.SIGINT)
                process.wait()


if __name__ == '__main__':
    main()

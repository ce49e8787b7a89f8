#!/usr/bin/env python3
"""
Measure the stamps of sound that a PulseAudio server gives, for some minutes.

Its null sink counts samples by the system's clock, so that the stamps should lie on a line
of the nominal rate. Writes, as CSV, how far each block's stamp is off the line through the
last two thirds [µs], over time [s], and how late the block reached this program [µs].

  stamps.py FILE MINUTES
"""

import sys
import time

from av_capture.msg import AudioData
from harness import domain as domains
from harness.listener import Listener
from harness.parameters import microphone
from harness.process import Process
from harness.pulse import PulseServer
from harness.sound import stamps
import numpy as np

RATE = 44100


def listen(minutes):
    """Return the blocks of so many minutes, and when they arrived [s since the first stamp]."""
    pulse = PulseServer()
    with domains.reserved() as domain:
        listener = Listener(domain)
        process = None
        try:
            pulse.add_null_sink('mic', RATE)
            inbox = listener.subscribe(AudioData, '/microphone/audio')
            process = Process(microphone(backend='pulseaudio'),
                              {'ROS_DOMAIN_ID': str(domain), **pulse.environment})
            inbox.wait(1, process)
            time.sleep(60 * minutes)
            blocks = inbox.so_far()
            arrivals = np.array(inbox.arrivals[:len(blocks)])
            process.end()
        finally:
            if process:
                process.kill()
            listener.close()
            pulse.close()
    first = blocks[0].header.stamp
    return blocks, (arrivals - first.sec * 10**9 - first.nanosec) * 1e-9


def main(path, minutes):
    """Measure."""
    blocks, arrivals = listen(float(minutes))
    frame, stamp = stamps(blocks)
    count = np.array([block.frame_count for block in blocks])
    settled = len(stamp) // 3
    slope, offset = np.polyfit(frame[settled:], stamp[settled:], 1)
    off = (stamp - (slope * frame + offset)) * 1e6
    late = (arrivals - (slope * (frame + count) + offset)) * 1e6
    np.savetxt(path, np.stack([stamp, off, late], axis=1), '%.6f,%.3f,%.3f',
               header='time [s],stamp [us],arrival [us]', comments='')
    rms = np.sqrt(np.mean(off[settled:]**2))
    print(f'{len(blocks)} blocks in {stamp[-1]:.0f} s, lost frames {blocks[-1].lost_frames}; '
          f'stamps off the line: {rms:.2f} us RMS, {np.abs(off[settled:]).max():.2f} us at most '
          f'after {stamp[settled]:.0f} s; {np.abs(off).max():.1f} us at most from the start; rate '
          f'{(1 / slope / RATE - 1) * 1e6:+.3f} ppm off; received late by '
          f'{np.percentile(late, 50) / 1e3:.2f} ms (median), {late.max() / 1e3:.2f} ms at most')


if __name__ == '__main__':
    main(*sys.argv[1:])

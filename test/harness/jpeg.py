"""JPEG files, read by another program than ours: ffmpeg."""

import subprocess

import numpy as np


def decode(file, width, height, pixel_format='bgr24'):
    """Return the picture in a JPEG file, height x width x 3, or x 1 for gray."""
    size = {'bgr24': 3, 'gray': 1}[pixel_format]
    done = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'mjpeg', '-i', '-', '-f', 'rawvideo',
         '-pix_fmt', pixel_format, '-'],
        input=bytes(file), capture_output=True, check=True, timeout=60)
    return np.frombuffer(done.stdout, np.uint8).reshape(height, width, size)

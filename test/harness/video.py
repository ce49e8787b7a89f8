"""Video files of known images."""

import subprocess

from .pattern import Pattern


def write(path, width, height, rate, count):
    """Write images 0 to count-1 of the test pattern, losslessly; return the path as text."""
    pattern = Pattern(width, height, 'bgr8')
    subprocess.run(
        ['ffmpeg', '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'bgr24',
         '-s', f'{width}x{height}', '-r', str(rate), '-i', '-',
         '-c:v', 'ffv1', '-pix_fmt', 'bgr0', str(path)],
        input=b''.join(pattern.image(number).tobytes() for number in range(count)), check=True,
        timeout=120)
    return str(path)

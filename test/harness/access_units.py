"""H.264 and H.265: the images of access units, decoded by ffmpeg."""

import subprocess

import numpy as np


def decode(units, codec, width, height):
    """Return the images of consecutive access units as bgr8, the first one a key frame."""
    run = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', codec, '-i', 'pipe:0', '-fps_mode', 'passthrough',
         '-f', 'rawvideo', '-pix_fmt', 'bgr24', 'pipe:1'],
        input=b''.join(units), capture_output=True, check=True)
    assert not run.stderr, run.stderr.decode()
    images = np.frombuffer(run.stdout, np.uint8).reshape(-1, height, width, 3)
    assert len(images) == len(units)
    return images


def kinds(unit, codec):
    """Return the types of the NAL units of an access unit in Annex B."""
    assert unit.startswith((b'\0\0\1', b'\0\0\0\1'))
    parts = [part for part in unit.split(b'\0\0\1') if part.strip(b'\0')]
    return [part[0] & 0x1f if codec == 'h264' else part[0] >> 1 & 0x3f for part in parts]

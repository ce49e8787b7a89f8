"""JPEG files, read by another program than ours: ffmpeg."""

import subprocess

import numpy as np


def received(message, width, height):
    """
    Return the encoding and picture that image_transport's subscriber makes of a CompressedImage.

    What it decodes is grey, or blue, green, red. The first word of format is the encoding, and
    if it is one of colour "compressed bgr" says that there is nothing to be exchanged but to
    get from there to an encoding of red, green, blue.
    """
    encoding, separator, rest = message.format.partition(';')
    colour = encoding in ('bgr8', 'rgb8')
    picture = decode(message.data, width, height, 'bgr24' if colour else 'gray')
    assert separator and 'jpeg' in rest
    if colour and ('compressed bgr' in rest) == (encoding == 'rgb8'):
        picture = picture[:, :, ::-1]
    return encoding, picture


def decode(file, width, height, pixel_format='bgr24'):
    """Return the picture in a JPEG file, height x width x 3, or x 1 for gray."""
    size = {'bgr24': 3, 'gray': 1}[pixel_format]
    done = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'mjpeg', '-i', '-', '-f', 'rawvideo',
         '-pix_fmt', pixel_format, '-'],
        input=bytes(file), capture_output=True, check=True, timeout=60)
    return np.frombuffer(done.stdout, np.uint8).reshape(height, width, size)

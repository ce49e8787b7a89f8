"""JPEG files, decoded by ffmpeg."""

import subprocess

import numpy as np


def received(message, width, height):
    """
    Return a CompressedImage's encoding and image as by image_transport's subscriber.

    It decodes to grey, or to blue, green, red. The first word of format is the encoding.
    "compressed bgr" in it means that the file has that order, so that only an encoding of
    red, green, blue needs a swap.
    """
    encoding, separator, rest = message.format.partition(';')
    colour = encoding in ('bgr8', 'rgb8')
    image = decode(message.data, width, height, 'bgr24' if colour else 'gray')
    assert separator and 'jpeg' in rest
    if colour and ('compressed bgr' in rest) == (encoding == 'rgb8'):
        image = image[:, :, ::-1]
    return encoding, image


def decode(file, width, height, pixel_format='bgr24'):
    """Return the image in a JPEG file, height x width x 3, or x 1 for gray."""
    size = {'bgr24': 3, 'gray': 1}[pixel_format]
    done = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'mjpeg', '-i', '-', '-f', 'rawvideo',
         '-pix_fmt', pixel_format, '-'],
        input=bytes(file), capture_output=True, check=True)
    return np.frombuffer(done.stdout, np.uint8).reshape(height, width, size)


def encode(grey):
    """Return a JPEG file of an image of grey, height x width."""
    height, width = grey.shape
    done = subprocess.run(
        ['ffmpeg', '-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'gray',
         '-s', f'{width}x{height}', '-i', '-', '-f', 'mjpeg', '-'],
        input=grey.tobytes(), capture_output=True, check=True)
    return done.stdout

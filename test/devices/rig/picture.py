"""
Still images of vivid, computed from the definition of the colours.

Bars of the pure colours distinguish colours. Checkers of two pixels distinguish each pair of
pixels from its neighbours, and have no grey pixel.
"""

import numpy as np

BARS = np.array([  # red, green, blue, from left to right
    (1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0)], float)
RED, BLUE = BARS[5], BARS[6]

# The driver computes in integers and rounds differently.
TOLERANCE = 2

# By encoding: the V4L2 format that has the same bytes.
FOURCC = {
    'bgr8': 'BGR3', 'rgb8': 'RGB3', 'mono8': 'GREY', 'yuv422_yuy2': 'YUYV', 'uyvy': 'UYVY'}


def bars(width, height):
    """Return the picture `100% Colorbar` as red, green, blue, each from 0 to 1."""
    return np.broadcast_to(BARS[np.arange(width) * len(BARS) // width], (height, width, 3))


def checkers(width, height):
    """
    Return the picture `2x2 Red/Green Checkers` as red, green, blue, each from 0 to 1.

    Despite its name it is blue and red.
    """
    y, x = np.mgrid[:height, :width]
    return np.where(((x // 2 + y // 2) % 2 == 0)[..., np.newaxis], BLUE, RED)


# Values of vivid's control test_pattern.
NUMBER = {bars: 1, checkers: 13}


def encoded(colours, encoding):
    """Return a picture's bytes as numbers, height x width x bytes per pixel."""
    return ENCODERS[encoding](colours)


def _mono8(colours):
    # ITU-R BT.709, full range: sRGB's luma.
    return 255 * (colours @ [0.2126, 0.7152, 0.0722])[..., np.newaxis]


def _yuv422_yuy2(colours):
    # ITU-R BT.601, limited range: sRGB's Y'CbCr. Y of each pixel; Cb at the even ones and Cr
    # at the odd ones, each for both of a pair, which have the same colour here.
    luma = colours @ [0.299, 0.587, 0.114]
    cb = 128 + 224 * (colours[..., 2] - luma) / 1.772
    cr = 128 + 224 * (colours[..., 0] - luma) / 1.402
    chroma = np.where(np.arange(colours.shape[1]) % 2 == 0, cb, cr)
    return np.stack([16 + 219 * luma, chroma], axis=-1)


ENCODERS = {
    'rgb8': lambda colours: 255 * colours,
    'bgr8': lambda colours: 255 * colours[..., ::-1],
    'mono8': _mono8,
    'yuv422_yuy2': _yuv422_yuy2,
}

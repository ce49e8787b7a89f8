"""
Bars of the pure colours, as vivid's test pattern `100% Colorbar` shows them.

Computed from the colours' definition, not from the driver.
"""

import numpy as np

COLOURS = np.array([  # red, green, blue, from left to right
    (1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0, 0, 0)], float)

TOLERANCE = 2  # the driver computes in integers, and does not round as one would by hand

# By encoding: the V4L2 format that has the same bytes.
FOURCC = {'bgr8': 'BGR3', 'rgb8': 'RGB3', 'mono8': 'GREY', 'yuv422_yuy2': 'YUYV'}


def bars(width, height, encoding):
    """Return the picture as numbers, height x width x bytes per pixel."""
    colours = COLOURS[np.arange(width) * len(COLOURS) // width]
    row = globals()['_' + encoding](colours)
    return np.broadcast_to(row, (height, *row.shape))


def _rgb8(colours):
    return 255 * colours


def _bgr8(colours):
    return 255 * colours[:, ::-1]


def _mono8(colours):
    # ITU-R BT.709, full range: sRGB's luma.
    return 255 * (colours @ [0.2126, 0.7152, 0.0722])[:, np.newaxis]


def _yuv422_yuy2(colours):
    # ITU-R BT.601, limited range: sRGB's Y'CbCr. Y of each pixel; Cb of the even
    # ones, Cr of the odd ones, for both of a pair.
    luma = colours @ [0.299, 0.587, 0.114]
    cb = 128 + 224 * (colours[:, 2] - luma) / 1.772
    cr = 128 + 224 * (colours[:, 0] - luma) / 1.402
    chroma = np.where(np.arange(len(colours)) % 2 == 0, cb, cr)
    return np.stack([16 + 219 * luma, chroma], axis=-1)

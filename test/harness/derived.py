"""The camera's derived images, computed independently with numpy."""

import numpy as np

from .listener import nanoseconds

# Offsets of the first Y, U and V in the four bytes of two pixels.
OFFSETS = {'yuv422_yuy2': (0, 1, 3), 'uyvy': (1, 0, 2)}


def planes(raw, pixel_format):
    """Return the planes side by side of an image of height x width x 2 bytes."""
    luma, u, v = OFFSETS[pixel_format]
    rows = raw.reshape(len(raw), -1)
    return np.hstack([rows[:, luma::2], rows[:, u::4], rows[:, v::4]])


def spectrum(luma):
    """Return the spectrum of an image of height x width by the documented formula."""
    magnitude = np.abs(np.fft.fftshift(np.fft.fft2(luma)))
    grey = 255 * (1 + 20 * np.log10((1 + magnitude) / (255 * luma.size)) / 100)
    return np.clip(np.rint(grey), 0, 255)


def pairs(images, derived):
    """Return pairs of an image and its derived image, for those that both arrived."""
    by_stamp = {nanoseconds(image.header.stamp): image for image in images}
    return [(by_stamp[nanoseconds(image.header.stamp)], image) for image in derived
            if nanoseconds(image.header.stamp) in by_stamp]

"""
The synthetic camera's test pattern, drawn independently with numpy.

It follows the documentation of the pattern, so that received images can be compared to the
last byte.
"""

import numpy as np

# Bytes per pixel, by pixel_format.
ENCODINGS = {'bgr8': 3, 'rgb8': 3, 'mono8': 1, 'yuv422_yuy2': 2, 'uyvy': 2}
GREEN = {'bgr8': 1, 'rgb8': 1, 'mono8': 0, 'yuv422_yuy2': 0, 'uyvy': 1}  # or luma

BARS = np.array([
    (255, 255, 255), (191, 191, 0), (0, 191, 191), (0, 191, 0),
    (191, 0, 191), (191, 0, 0), (0, 0, 191), (0, 0, 0)], float)

# 5 cells wide, 7 high, the highest of the five bits at the left.
DIGITS = [
    (14, 17, 19, 21, 25, 17, 14), (4, 12, 4, 4, 4, 4, 14), (14, 17, 1, 2, 4, 8, 31),
    (14, 17, 1, 6, 1, 17, 14), (2, 6, 10, 18, 31, 2, 2), (31, 16, 30, 1, 1, 17, 14),
    (6, 8, 16, 30, 17, 17, 14), (31, 1, 2, 4, 8, 8, 8), (14, 17, 17, 14, 17, 17, 14),
    (14, 17, 17, 15, 1, 2, 12)]

COLUMNS, ROWS, CHECK = 8, 5, 0xA5  # of the frame number's blocks


def side(width, height):
    """Return the side of a block of the frame number [pixels]."""
    return 8 * max(1, min(width // 320, height // 240))


def frame_number(pixels, encoding):
    """
    Return the frame number in an image, or None without a valid one.

    pixels is height x width x bytes per pixel.
    """
    height, width, _ = pixels.shape
    block = side(width, height)
    plane = pixels[:, :, GREEN[encoding]]
    rows = []
    for row in range(ROWS):
        value = 0
        for column in range(COLUMNS):
            centre = plane[row * block + block // 4:row * block + block * 3 // 4,
                           column * block + block // 4:column * block + block * 3 // 4]
            mean = int(centre.astype(int).mean())
            if 88 <= mean <= 168:
                return None
            value = value << 1 | (mean > 168)
        rows.append(value)
    if rows[4] != CHECK ^ rows[0] ^ rows[1] ^ rows[2] ^ rows[3]:
        return None
    return int.from_bytes(bytes(rows[:4]), 'big')


def pack(colors, encoding):
    """Return ... x width x 3 colours (red, green, blue, 0 to 255) as bytes."""
    red, green, blue = colors[..., 0], colors[..., 1], colors[..., 2]
    if encoding == 'rgb8':
        return colors.astype(np.uint8)
    if encoding == 'bgr8':
        return colors[..., ::-1].astype(np.uint8)
    if encoding == 'mono8':
        return np.floor(0.299 * red + 0.587 * green + 0.114 * blue + 0.5).astype(
            np.uint8)[..., np.newaxis]
    # ITU-R BT.601, limited range; two pixels share the mean of their chroma.
    red, green, blue = red / 255, green / 255, blue / 255
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    u = 128 + 224 * (blue - luma) / 1.772
    v = 128 + 224 * (red - luma) / 1.402
    out = np.empty((*luma.shape, 2), np.uint8)
    out[..., 0] = np.floor(16 + 219 * luma + 0.5)
    out[..., 0::2, 1] = np.floor((u[..., 0::2] + u[..., 1::2]) / 2 + 0.5)
    out[..., 1::2, 1] = np.floor((v[..., 0::2] + v[..., 1::2]) / 2 + 0.5)
    return out if encoding == 'yuv422_yuy2' else out[..., ::-1]


class Pattern:
    """The moving test pattern of one size and encoding."""

    def __init__(self, width, height, encoding):
        """Draw the parts that only move."""
        self.width, self.height, self.encoding = width, height, encoding
        self.block = side(width, height)
        position = np.arange(width) / width
        hue = np.stack([np.floor(128 + 127.5 * np.cos(2 * np.pi * (position - third / 3)))
                        for third in range(3)], axis=-1)
        grey = np.repeat(np.floor(position * 256)[:, np.newaxis], 3, axis=1)
        speed = max(2, width // 240 & ~1)
        rainbow_top, ramp_top = height * 3 // 4, height * 7 // 8
        self.bands = [
            (0, rainbow_top, BARS[np.floor(position * 8).astype(int)], speed),
            (rainbow_top, ramp_top, hue, -speed),
            (ramp_top, height, grey, speed)]
        self._make_plate()
        self.black = pack(np.zeros((1, 2, 3)), encoding)[0]
        self.white = pack(np.full((1, 2, 3), 255.0), encoding)[0]

    def _make_plate(self):
        """Draw a zone plate: cos(k r^2), 1/8 of a period per pixel at its rim."""
        radius = min(self.width, self.height) * 0.3
        centre_x, centre_y = self.width // 2, self.height * 3 // 8
        reach = int(radius)
        y, x = np.mgrid[-reach:reach + 1, :self.width]
        half = np.sqrt(radius * radius - y * y).astype(int)
        self.plate = (x >= (centre_x - half) & ~1) & (x < (centre_x + half) & ~1)
        dx = (x - centre_x).astype(float)
        self.phase = ((dx * dx + y * y) * (1 / (16 * radius)) * 256).astype(int)
        self.plate_rows = slice(centre_y - reach, centre_y + reach + 1)
        grey = np.floor(128 + 127.5 * np.cos(2 * np.pi * np.arange(256) / 256))
        # Pairs of equal pixels give luma and chroma; the chroma of all greys is the same.
        self.grey = pack(np.repeat(grey[:, np.newaxis, np.newaxis], 3, axis=2).repeat(2, axis=1),
                         self.encoding)[:, 0]

    def image(self, number):
        """Return the image of that number, height x width x bytes per pixel."""
        out = np.empty((self.height, self.width, ENCODINGS[self.encoding]), np.uint8)
        for top, bottom, colors, speed in self.bands:
            row = np.take(colors, (np.arange(self.width) + number * speed) % self.width, axis=0)
            out[top:bottom] = pack(row, self.encoding)
        plate = self.grey[(self.phase - number * 12) % 256]
        out[self.plate_rows][self.plate] = plate[self.plate]
        self._draw_digits(out, number)
        self._draw_number(out, number)
        return out

    def _draw_digits(self, out, number):
        cell = self.block // 4
        if self.height < ROWS * self.block + 10 * cell or self.width < 11 * 6 * cell:
            return  # no room
        bits = np.array([[DIGITS[int(digit)][row] >> (4 - column) & 1 if column < 5 else 0
                          for digit in str(number) for column in range(6)]
                         for row in range(7)])
        box = np.pad(bits, ((1, 1), (1, 0)))  # black around them
        self._fill(out, box.repeat(cell, axis=0).repeat(cell, axis=1),
                   self.height - 10 * cell, cell)

    def _draw_number(self, out, number):
        rows = list(number.to_bytes(4, 'big'))
        rows.append(CHECK ^ rows[0] ^ rows[1] ^ rows[2] ^ rows[3])
        bits = np.array([[row >> (7 - column) & 1 for column in range(COLUMNS)] for row in rows])
        self._fill(out, bits.repeat(self.block, axis=0).repeat(self.block, axis=1), 0, 0)

    def _fill(self, out, bits, top, left):
        """Draw ones white and zeros black."""
        height, width = bits.shape
        ones = np.tile(self.white, (width // 2 + 1, 1))[:width]
        zeros = np.tile(self.black, (width // 2 + 1, 1))[:width]
        out[top:top + height, left:left + width] = np.where(
            bits[:, :, np.newaxis] == 1, ones, zeros)

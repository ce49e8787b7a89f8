"""
Images of V4L2's pixel formats, and their colours computed from the formats' definitions.

https://docs.kernel.org/userspace-api/media/v4l/pixfmt.html. Y'CbCr is that of ITU-R BT.601 in
limited range, chroma holds for all pixels that share it, and Bayer mosaics are interpolated
linearly. mono8 is 0.299 R + 0.587 G + 0.114 B of that, so black is 0 and white is 255.
"""

import numpy as np

LUMA = np.array([0.299, 0.587, 0.114])

# Bytes of one pixel: the places of red, green and blue, and how many there are.
PACKED = {
    'RGB3': ((0, 1, 2), 3), 'BGR3': ((2, 1, 0), 3),
    'BGR4': ((2, 1, 0), 4), 'RGB4': ((1, 2, 3), 4)}

# Bytes of two pixels: the places of the first Y, of the second, of Cb and of Cr.
PACKED_422 = {
    'YUYV': (0, 2, 1, 3), 'YVYU': (0, 2, 3, 1), 'UYVY': (1, 3, 0, 2), 'VYUY': (1, 3, 2, 0)}

# Planes after that of Y: in which order, whether in one, and how many rows share them.
PLANAR = {
    'NV12': ('uv', True, 2), 'NV21': ('vu', True, 2), 'YU12': ('uv', False, 2),
    'YV12': ('vu', False, 2), '422P': ('uv', False, 1)}

GREY = {'GREY': (np.uint8, 8), 'Y16 ': ('<u2', 16), 'Y10 ': ('<u2', 10), 'Y12 ': ('<u2', 12)}

# The colours of the pixels (0, 0), (0, 1), (1, 0) and (1, 1).
BAYER = {'RGGB': 'rggb', 'GRBG': 'grbg', 'GBRG': 'gbrg', 'BA81': 'bggr'}

FORMATS = [*PACKED, *PACKED_422, *PLANAR, *GREY, *BAYER, 'RGBP']

# Largest error of a conversion [levels]. Red and blue of RGBP have 5 bits: converters fill the
# lowest three of 8 bits with copies or with 0.
TOLERANCE = {fourcc: 8 if fourcc == 'RGBP' else 2 for fourcc in FORMATS}

# Pixels at the rim that are ignored: programs interpolate there in different ways.
RIM = {fourcc: 1 if fourcc in BAYER else 0 for fourcc in FORMATS}


def widths(fourcc, near):
    """Return the widths of near that a format allows: pairs of pixels may share colour."""
    paired = fourcc in PACKED_422 or fourcc in PLANAR
    return [width for width in near if not paired or width % 2 == 0]


def image(fourcc, width, height, seed):
    """
    Return the bytes of an image whose pixels all differ, rows following each other.

    All of its Y'CbCr are red, green and blue from 0 to 255: clipping is not compared.
    """
    random = np.random.default_rng(seed)
    if fourcc in PACKED_422 or fourcc in PLANAR:
        y, cb, cr = _colours_in_gamut(random, width, height)
        if fourcc in PACKED_422:
            first, second, u, v = PACKED_422[fourcc]
            out = np.empty((height, width // 2, 4), np.uint8)
            out[..., first], out[..., second] = y[:, ::2], y[:, 1::2]
            out[..., u], out[..., v] = cb.repeat(2, axis=0), cr.repeat(2, axis=0)
            return out.tobytes()
        order, together, rows = PLANAR[fourcc]
        chroma = [{'u': cb, 'v': cr}[name].repeat(2 // rows, axis=0) for name in order]
        if together:
            chroma = [np.stack(chroma, axis=-1)]
        return b''.join(plane.tobytes() for plane in [y, *chroma])
    if fourcc in GREY:
        kind, bits = GREY[fourcc]
        return random.integers(0, 2**bits, (height, width)).astype(kind).tobytes()
    if fourcc == 'RGBP':
        return random.integers(0, 2**16, (height, width)).astype('<u2').tobytes()
    return random.integers(0, 256, (height, width, PACKED.get(fourcc, (0, 1))[1]),
                           np.uint8).tobytes()


def _colours_in_gamut(random, width, height):
    """Return Y, and Cb and Cr of half its width and height."""
    red, green, blue = random.uniform(60, 195, (3, height // 2, width // 2))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    y = luma.repeat(2, axis=0).repeat(2, axis=1) + random.uniform(-50, 50, (height, width))
    planes = (16 + 219 / 255 * y, 128 + 224 / 255 * (blue - luma) / 1.772,
              128 + 224 / 255 * (red - luma) / 1.402)
    return [np.rint(plane).astype(np.uint8) for plane in planes]


def converted(fourcc, data, width, height, encoding):
    """Return an image's bytes as bgr8, rgb8 or mono8, height x width x channels."""
    colours = _rgb(fourcc, np.frombuffer(data, np.uint8), width, height)
    if encoding == 'mono8':
        return (colours @ LUMA)[..., np.newaxis]
    return colours if encoding == 'rgb8' else colours[..., ::-1]


def _rgb(fourcc, data, width, height):
    if fourcc in PACKED:
        places, size = PACKED[fourcc]
        return data.reshape(height, width, size)[..., places].astype(float)
    if fourcc in PACKED_422:
        first, second, u, v = PACKED_422[fourcc]
        pairs = data.reshape(height, width // 2, 4)
        y = np.stack([pairs[..., first], pairs[..., second]], axis=-1).reshape(height, width)
        return _from_ycbcr(y, pairs[..., u].repeat(2, axis=1), pairs[..., v].repeat(2, axis=1))
    if fourcc in PLANAR:
        order, together, rows = PLANAR[fourcc]
        y, rest = data[:height * width].reshape(height, width), data[height * width:]
        planes = (rest.reshape(-1, 2).T if together else rest.reshape(2, -1)).reshape(
            2, height // rows, width // 2).repeat(rows, axis=1).repeat(2, axis=2)
        return _from_ycbcr(y, planes[order.index('u')], planes[order.index('v')])
    if fourcc in GREY:
        kind, bits = GREY[fourcc]
        grey = data.view(kind).reshape(height, width) / 2.0**(bits - 8)
        return np.repeat(grey[..., np.newaxis], 3, axis=2)
    if fourcc == 'RGBP':
        words = data.view('<u2').reshape(height, width)
        return np.stack([(words >> 11) * 255 / 31, (words >> 5 & 63) * 255 / 63,
                         (words & 31) * 255 / 31], axis=-1)
    return _from_mosaic(data.reshape(height, width), BAYER[fourcc])


def _from_ycbcr(y, cb, cr):
    luma = (y.astype(float) - 16) * 255 / 219
    u, v = ((plane.astype(float) - 128) * 255 / 224 for plane in (cb, cr))
    red, blue = luma + 1.402 * v, luma + 1.772 * u
    green = (luma - 0.299 * red - 0.114 * blue) / 0.587
    return np.clip(np.stack([red, green, blue], axis=-1), 0, 255)


def _from_mosaic(mosaic, pattern):
    """Return the mean of the nearest pixels of each colour; around the rim there is nothing."""
    height, width = mosaic.shape
    y, x = np.mgrid[:height, :width]
    colour = np.array(list(pattern))[2 * (y % 2) + x % 2]
    weights = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])

    def smooth(plane):
        padded = np.pad(plane, 1)
        return sum(weights[i, j] * padded[i:i + height, j:j + width]
                   for i in range(3) for j in range(3))

    def interpolated(name):
        there = (colour == name).astype(float)
        plane = smooth(mosaic * there) / smooth(there)
        # A colour's own pixels are not interpolated, even among four of green.
        return np.where(there, mosaic, plane)
    return np.stack([interpolated(name) for name in 'rgb'], axis=-1)

"""
Motion JPEG as of a camera: numbered images, intact or damaged as by a bad cable.

The number is in a comment at the start of the file, where it survives copying, and drawn in the
image (see harness.pattern), where it survives decoding.

Every pixel is known: the files have blocks of 8x8 pixels of one colour each, chroma without
subsampling, in the baseline process of ITU-T T.81.
"""

import re

from harness.pattern import CHECK, COLUMNS, ROWS
import numpy as np

SIDE = 8  # [pixels] of a block
START, END = b'\xff\xd8', b'\xff\xd9'
SCAN = b'\xff\xda'
NUMBER = re.compile(rb'\xff\xd8\xff\xfe\x00\x10image (\d{8})', re.DOTALL)

# The codes of T.81's tables K.3 (all) and K.5 (up to 4 bits, which has the end of a block, the
# only code that blocks of one colour need): how many codes there are of 1, 2 … 16 bits, and
# of the categories 0 to 11.
TABLES = (bytes([0x00, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, *range(12)]) +
          bytes([0x10, 0, 2, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 4, 0x11]))
DIFFERENCE = ['00', '010', '011', '100', '101', '110', '1110', '11110', '111110', '1111110']
END_OF_BLOCK = '1010'


def blocks(number, width, height):
    """Return Y, Cb and Cr of an image's blocks; all colours are from 0 to 255."""
    random = np.random.default_rng(number)
    rows, columns = height // SIDE, width // SIDE
    colours = np.stack([random.integers(90, 166, (rows, columns)),
                        *random.integers(98, 159, (2, rows, columns))], axis=-1)
    values = list(number.to_bytes(4, 'big'))
    values.append(CHECK ^ values[0] ^ values[1] ^ values[2] ^ values[3])
    for row, value in zip(range(ROWS), values):
        for column in range(COLUMNS):
            colours[row, column] = (255 * (value >> (COLUMNS - 1 - column) & 1), 128, 128)
    return colours


def picture(number, width, height):
    """Return the image as height x width x 3 (blue, green, red), by JFIF's equations."""
    y, cb, cr = np.moveaxis(blocks(number, width, height).astype(float), -1, 0)
    red, blue = y + 1.402 * (cr - 128), y + 1.772 * (cb - 128)
    green = (y - 0.299 * red - 0.114 * blue) / 0.587
    return np.stack([blue, green, red], axis=-1).repeat(SIDE, axis=0).repeat(SIDE, axis=1)


def file(number, width, height, tables=True):
    """
    Return the image of that number as a file.

    Its Huffman tables are T.81's typical ones. Some cameras leave them out: tables=False.
    """
    sampling = b''.join(bytes([component, 0x11, 0]) for component in (1, 2, 3))
    return b''.join([
        START, _segment(0xFE, b'image %08d' % number),
        _segment(0xDB, bytes([0, SIDE, *[1] * 63])),  # of one colour: 8 times its level
        _segment(0xC0, bytes([8, *height.to_bytes(2, 'big'), *width.to_bytes(2, 'big'), 3]) +
                 sampling),
        _segment(0xC4, TABLES) if tables else b'',
        _segment(0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
        _scan(blocks(number, width, height)), END])


def _segment(marker, content):
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, 'big') + content


def _scan(colours):
    """Return the entropy-coded levels, each as the difference to the one before."""
    bits = []
    before = np.array([128, 128, 128])
    for colour in colours.reshape(-1, 3):
        for difference in (colour - before).tolist():
            size = abs(difference).bit_length()
            bits.append(DIFFERENCE[size])
            if size:
                value = difference if difference > 0 else difference + 2**size - 1
                bits.append(f'{value:0{size}b}')
            bits.append(END_OF_BLOCK)
        before = colour
    text = ''.join(bits)
    text += '1' * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, 'big').replace(b'\xff', b'\xff\x00')


def number_of(file):
    """Return the number in a file's comment, or None."""
    match = NUMBER.match(file)
    return int(match[1]) if match else None


def padded(file):
    """Return it with zeros at its end, as of a camera that fills its packets."""
    return file + bytes(317)


def cut(file):
    """Return its first two thirds, which end in the scan."""
    return file[:len(file) * 2 // 3]


def holed(file):
    """Return it without a quarter of its scan, as when packets in the middle are lost."""
    start = file.index(SCAN) + 14
    length = (len(file) - start) // 4
    return file[:start + length] + file[start + 2 * length:]


def garbage(file):
    """Return as many bytes of noise."""
    return np.random.default_rng(len(file)).integers(0, 256, len(file), np.uint8).tobytes()


def empty(_):
    """Return nothing."""
    return b''

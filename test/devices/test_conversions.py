"""What bgr8, rgb8 and mono8 make of every format, at every width, against the definitions."""

from harness.image import pixels
import numpy as np
import pytest
from rig.formats import NEAR, Tour
from rig.pixel_format import BAYER, converted, PACKED, PACKED_422, PLANAR, RIM, TOLERANCE, widths

pytestmark = pytest.mark.virtual('has the formats that it has')

# NV21 and the grey ones of 10 and 12 bits are not among those that the driver writes truly.
FORMATS = [*PACKED, *PACKED_422, *(name for name in PLANAR if name != 'NV21'), *BAYER,
           'GREY', 'Y16 ', 'RGBP']
ENCODINGS = ('bgr8', 'rgb8', 'mono8')


@pytest.mark.parametrize('formats', [FORMATS[0::2], FORMATS[1::2]])
def test_converted_images_have_the_colours_of_the_definition(
        av_capture, listener, loopbacks, formats):
    with Tour(av_capture, listener, loopbacks) as tour:
        for fourcc in formats:
            # The hard ones: 4n + 1 to 4n + 3, or 4n + 2 and 4n.
            for width, encoding in zip(widths(fourcc, NEAR)[::-1] * 2, ENCODINGS):
                tour.stop(fourcc, width, encoding, same_colours(fourcc, encoding))


def same_colours(fourcc, encoding):
    """Return a check of all pixels but those at the rim."""
    def check(message, data):
        got = pixels(message).astype(float)
        want = converted(fourcc, data, message.width, message.height, encoding)
        rim = RIM[fourcc]
        inner = (slice(rim, message.height - rim), slice(rim, message.width - rim))
        off = np.abs(got - want)[inner]
        assert off.max() <= TOLERANCE[fourcc], (
            f'off by up to {off.max():.1f}, {off.mean():.1f} on average')
    return check

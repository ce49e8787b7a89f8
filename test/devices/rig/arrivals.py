"""The images that have arrived of those that a webcam has sent, compared byte for byte."""

import itertools

from .webcam import TEXTURED, WHITE


def compare(webcam, images, look=TEXTURED):
    """
    Require that images (bytes) are as they were sent, in order, and none twice.

    Return the records of those that were sent between the first and the last of their stream
    and have not arrived.
    """
    sent = {record['number']: record for record in webcam.sent()}
    arrived = [webcam.number(image) for image in images]
    assert all(a < b for a, b in itertools.pairwise(arrived)), f'images {arrived}'
    for number, image in zip(arrived, images):
        record = sent[number]
        shows = WHITE if record['flash'] else look
        assert image == webcam.image(number, record['stream'], shows), (
            f'image {number} of {len(image)} bytes is not what was sent: {record}')
    missing = []
    for a, b in itertools.pairwise(arrived):
        if sent[a]['stream'] is sent[b]['stream']:
            missing += [sent[number] for number in range(a + 1, b)]
    return missing

"""Two USB webcams of one model, told apart by their ports: listed, named, and captured."""

import os

from harness.parameter_client import ParameterClient
import pytest
from rig.arrivals import compare
from rig.listed import block, listed, ours, theirs
from rig.webcam import DARK, TEXTURED
from sensor_msgs.msg import CompressedImage

pytestmark = pytest.mark.virtual('there is one of them')

MODEL = '1209:0001'
COUNT = 20  # images of each


def test_webcams_of_one_model_are_told_apart(av_capture, listener, webcams):
    # Makers often give all of their cameras one serial number, or none.
    left, right = (webcams(port, serial='', formats='mjpeg,yuyv,h264') for port in (0, 1))
    text = listed()
    for webcam, other in ((left, right), (right, left)):
        check_listed(text, webcam, other)

    # One shows something else, so that their images differ.
    right.command('events', 60000)
    inboxes = [listener.subscribe(CompressedImage, f'/{name}/image_raw/compressed')
               for name in ('left', 'right')]
    size = ['-p', 'image_width:=640', '-p', 'image_height:=480', '-p', 'pixel_format:=mjpeg']
    process = av_capture(
        '--nodes', 'left=camera,right=camera', '--ros-args', *size,
        '-p', f'left:video_device:={MODEL}', '-p', f'right:video_device:={right.by_path}')
    process.wait_for_line(rf'ERROR.*left.*several cameras.*{port(left)}.*{port(right)}')
    ParameterClient(listener, '/left', process).change(video_device=left.by_path)
    for webcam, inbox, look in zip((left, right), inboxes, (TEXTURED, DARK)):
        files = [bytes(message.data) for message in inbox.wait(COUNT, process)]
        compare(webcam, files, look)
    process.end()


def port(webcam):
    """Return the kernel's name of a webcam's USB port."""
    return f'usb-vhci_hcd.0-{webcam.port + 1}'


def check_listed(text, webcam, other):
    """Require a webcam in the list, by what it has alone, and not its metadata."""
    images, metadata = webcam.nodes
    assert f'\n{metadata} ' not in text, text
    lines = block(text, f'{images} ')
    alone, alike = (' '.join(part.split()) for part in lines.split('\n  alike')[:2])
    for name in (os.path.basename(webcam.by_path), port(webcam)):
        assert name in alone, text
        assert name not in block(text, f'{other.nodes[0]} '), text
    assert MODEL in alike, text
    assert MODEL not in alone, text
    assert ours(lines) == theirs(images), text
    # The microphone is found by the port of its camera.
    microphones = [b for b in text.split('\n\n') if f'{webcam.device} ' in b]
    assert len(microphones) == 1, text
    assert port(webcam) in microphones[0], text

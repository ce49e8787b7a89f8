#!/usr/bin/env python3
"""
Draw doc/topics.png: an image from camera/image_raw beside one from microphone/spectrogram.

    . tools/environment.sh && python3 tools/plot/topics.py doc/topics.png

The built executable plays speech, by espeak-ng, and shows its own test pattern; both
images are drawn as they arrive.
"""

import os
import signal
import struct
import subprocess
import sys
import tempfile
import zlib

import numpy as np
import rclpy
from sensor_msgs.msg import Image

EXECUTABLE = 'install/av_capture/lib/av_capture/av_capture'
TEXT = ('One robot, one camera, one microphone: images and sound on one clock. '
        'Every lost sample is counted, and every stamp is the time of acquisition.')
HEIGHT = 288  # of both images [pixels]
GAP = 8  # between them [pixels]
PARAMETERS = {
    'camera:source': 'synthetic', 'camera:pixel_format': 'rgb8',
    'camera:image_width': HEIGHT * 4 // 3, 'camera:image_height': HEIGHT,
    'microphone:source': 'file', 'microphone:loop': 'true',
    'microphone:spectrum.window_size': 512, 'microphone:spectrum.hop_size': 256,
    'microphone:spectrogram.width': 600, 'microphone:spectrogram.height': HEIGHT,
    'microphone:spectrogram.maximum_frequency': '6000.0',
    'microphone:spectrogram.color_map': 'magma',
    'microphone:spectrogram.minimum_level': '-75.0',
    'microphone:spectrogram.maximum_level': '-15.0',
}


def pixels(message):
    """Return an image of encoding rgb8 as height x width x 3."""
    assert message.encoding == 'rgb8', message.encoding
    rows = np.frombuffer(message.data, np.uint8).reshape(message.height, message.step)
    return rows[:, :message.width * 3].reshape(message.height, message.width, 3)


def newest():
    """Return an image of each topic, when the spectrogram is full."""
    rclpy.init()
    node = rclpy.create_node('painter')
    seen = {}
    for topic in ('camera/image_raw', 'microphone/spectrogram'):
        node.create_subscription(Image, topic, lambda m, topic=topic: seen.update({topic: m}), 1)
    while True:
        rclpy.spin_once(node)
        if len(seen) == 2:
            image, spectrogram = (pixels(seen[topic]) for topic in sorted(seen))
            left = spectrogram[:, 0].astype(int)
            if np.ptp(left, axis=1).max() > 0:  # not the grey of sound that is not there yet
                rclpy.shutdown()
                return image, spectrogram


def write_png(path, image):
    """Write height x width x 3 bytes as a PNG."""
    def chunk(kind, data):
        return (struct.pack('>I', len(data)) + kind + data
                + struct.pack('>I', zlib.crc32(kind + data)))

    height, width, _ = image.shape
    data = b''.join(b'\0' + row.tobytes() for row in image)
    with open(path, 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack(
            '>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(data, 9)) + chunk(b'IEND', b''))


def main():
    """Start the nodes, take their images, end them."""
    with tempfile.TemporaryDirectory() as folder:
        speech = os.path.join(folder, 'speech.wav')
        subprocess.run(['espeak-ng', '-w', speech, TEXT], check=True)
        command = [EXECUTABLE, '--ros-args', '-p', f'microphone:device:={speech}']
        for name, value in PARAMETERS.items():
            command += ['-p', f'{name}:={value}']
        process = subprocess.Popen(command)
        try:
            image, spectrogram = newest()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
    gap = np.full((HEIGHT, GAP, 3), 255, np.uint8)
    write_png(sys.argv[1], np.concatenate([image, gap, spectrogram], axis=1))


if __name__ == '__main__':
    main()

"""Video files of known images."""

import subprocess

from .pattern import Pattern

LOSSLESS = ['-c:v', 'ffv1', '-pix_fmt', 'bgr0']
MOTION_JPEG = ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', '2']


def write(path, width, height, rate, count, codec=LOSSLESS):
    """Write images 0 to count-1 of the test pattern; return the path as text."""
    pattern = Pattern(width, height, 'bgr8')
    return write_images(path, map(pattern.image, range(count)), rate, codec)


def write_images(path, images, rate, codec=LOSSLESS):
    """Write images, each height x width x 3 (blue, green, red); return the path as text."""
    images = list(images)
    height, width, _ = images[0].shape
    subprocess.run(
        ['ffmpeg', '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'bgr24',
         '-s', f'{width}x{height}', '-r', str(rate), '-i', '-', *codec, str(path)],
        input=b''.join(image.tobytes() for image in images), check=True)
    return str(path)


def files(path, folder):
    """Return the JPEG files in a video of Motion JPEG, as ffmpeg extracts them."""
    subprocess.run(['ffmpeg', '-v', 'error', '-i', str(path), '-c:v', 'copy', '-f', 'image2',
                    str(folder / '%06d.jpg')], check=True)
    return [file.read_bytes() for file in sorted(folder.glob('*.jpg'))]

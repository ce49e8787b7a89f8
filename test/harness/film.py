"""Films with sound, read back by ffprobe and ffmpeg."""

import json
import re
import subprocess

import numpy as np


def probe(path):
    """Return what ffprobe says of a film: its format and streams."""
    return json.loads(subprocess.run(
        ['ffprobe', '-v', 'error', '-show_format', '-show_streams', '-of', 'json', str(path)],
        check=True, capture_output=True).stdout)


def start(path):
    """Return the ROS time of a film's beginning, as the film says it [s]."""
    comment = {key.lower(): value for key, value in probe(path)['format']['tags'].items()}
    return float(re.search(r'start: (\d+\.\d+)', comment['comment'])[1])


def titles(path):
    """Return the title, codec and kind of each stream."""
    return [(s['tags'].get('title', s['tags'].get('handler_name')), s['codec_name'],
             s['codec_type']) for s in probe(path)['streams']]


def times(path, stream):
    """Return the times of a stream's packets in order of presentation [s]."""
    found = subprocess.run(
        ['ffprobe', '-v', 'error', '-select_streams', stream, '-show_entries', 'packet=pts_time',
         '-of', 'csv=p=0', str(path)], check=True, capture_output=True, text=True).stdout
    return np.sort(np.array([float(word.strip(',')) for word in found.split()]))


def length(path):
    """Return the time of the last image that is in a film so far [s], or 0."""
    try:
        return max(times(path, 'v:0'), default=0)
    except subprocess.CalledProcessError:
        return 0  # its beginning is not there yet


def images(path, stream='v:0'):
    """Return the images of a stream: count x height x width, grey."""
    size = next(s for s in probe(path)['streams'] if s['codec_type'] == 'video')
    raw = decode(path, stream, '-pix_fmt', 'gray', '-fps_mode', 'passthrough', '-f', 'rawvideo')
    return np.frombuffer(raw, np.uint8).reshape(-1, size['height'], size['width'])


def sound(path, stream='a:0', channels=1):
    """
    Return the samples of a stream: frames x channels, between -1 and 1.

    Frame 0 is at time 0, whenever the sound begins and whatever delay its codec has.
    """
    raw = decode(path, stream, '-af', 'aresample=async=1:first_pts=0', '-c:a', 'pcm_f32le',
                 '-f', 'f32le')
    return np.frombuffer(raw, '<f4').reshape(-1, channels)


def decode(path, stream, *arguments):
    """Return what ffmpeg makes of a stream."""
    return subprocess.run(
        ['ffmpeg', '-v', 'error', '-copyts', '-i', str(path), '-map', f'0:{stream}', *arguments,
         '-'], check=True, capture_output=True).stdout

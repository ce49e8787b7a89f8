"""
Record sound by the microphone's node, play the file back, and compare.

    python3 recording.py 5    # seconds
"""

import subprocess
import sys
import time
import wave

from ament_index_python.packages import get_package_prefix
from av_capture.msg import AudioData
import numpy as np
import rclpy
from rclpy.qos import HistoryPolicy, QoSProfile
from std_srvs.srv import SetBool

KEEP_ALL = QoSProfile(history=HistoryPolicy.KEEP_ALL)  # a player in batch waits for these


def record(node, seconds):
    """Return the path of a new WAV file of the microphone's sound."""
    client = node.create_client(SetBool, 'microphone/set_recording')
    if not client.wait_for_service(10):
        raise TimeoutError('no service microphone/set_recording: start av_capture')
    for on in (True, False):
        future = client.call_async(SetBool.Request(data=on))
        rclpy.spin_until_future_complete(node, future)
        if not future.result().success:
            raise RuntimeError(future.result().message)
        time.sleep(seconds if on else 0)
    return future.result().message.splitlines()[0]


def play(node, path, frames):
    """Return the bytes of a WAV file as a second microphone publishes them."""
    blocks = []
    node.create_subscription(AudioData, 'player/audio', blocks.append, KEEP_ALL)
    command = [get_package_prefix('av_capture') + '/lib/av_capture/av_capture',
               '--nodes', 'player=microphone', '--ros-args', '-p', 'source:=file',
               '-p', f'device:={path}', '-p', 'realtime:=false']
    with subprocess.Popen(command) as player:
        while player.poll() is None and sum(block.frame_count for block in blocks) < frames:
            rclpy.spin_once(node, timeout_sec=0.5)
        player.terminate()
    return b''.join(bytes(block.data) for block in blocks)


if __name__ == '__main__':
    rclpy.init()
    this = rclpy.create_node('recording')
    name = record(this, float(sys.argv[1]))
    with wave.open(name) as file:
        recorded = file.readframes(file.getnframes())
        played = play(this, name, file.getnframes())
    loudest = abs(np.frombuffer(recorded, '<i2') / 2**15).max()
    print(f'{name}: {file.getnframes()} audio frames, peak {loudest:.3f}, '
          f'played back {"bit for bit" if played == recorded else "DIFFERENTLY"}')

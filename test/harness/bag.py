"""
Bags of rosbag2, as `ros2 bag` writes and plays them, without its C++ libraries.

A bag is a folder with metadata.yaml and an SQLite database of serialized messages:
storage sqlite3, the format of Humble (version 5), which every later rosbag2 reads.
"""

import os
import sqlite3
import time

from rclpy.qos import QoSProfile, ReliabilityPolicy
import yaml

DATABASE = 'sound_0.db3'

SCHEMA = """
CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL,
  serialization_format TEXT NOT NULL, offered_qos_profiles TEXT NOT NULL);
CREATE TABLE messages(id INTEGER PRIMARY KEY, topic_id INTEGER NOT NULL,
  timestamp INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX timestamp_idx ON messages (timestamp ASC);
"""


class Recorder:
    """Records a topic, as `ros2 bag record` does: serialized messages and their times."""

    def __init__(self, listener, message_type, topic, folder):
        """Start to record into a new folder."""
        self._node, self._folder = listener.node, folder
        self._topic, self._type = topic, message_type
        self.messages = []  # (time [ns], bytes)
        self._subscription = self._node.create_subscription(
            message_type, topic, self._put,
            QoSProfile(reliability=ReliabilityPolicy.RELIABLE, depth=1000), raw=True)
        listener.wake()

    def _put(self, data):
        self.messages.append((time.time_ns(), bytes(data)))

    def close(self):
        """Write the bag."""
        self._node.destroy_subscription(self._subscription)
        os.makedirs(self._folder)
        package = self._type.__module__.split('.')[0]
        topic = {'name': self._topic, 'type': f'{package}/msg/{self._type.__name__}',
                 'serialization_format': 'cdr', 'offered_qos_profiles': ''}
        with sqlite3.connect(os.path.join(self._folder, DATABASE)) as database:
            database.executescript(SCHEMA)
            database.execute('INSERT INTO topics VALUES (1, ?, ?, ?, ?)', tuple(topic.values()))
            database.executemany(
                'INSERT INTO messages (topic_id, timestamp, data) VALUES (1, ?, ?)', self.messages)
        database.close()
        start, end = self.messages[0][0], self.messages[-1][0]
        with open(os.path.join(self._folder, 'metadata.yaml'), 'w', encoding='utf-8') as file:
            yaml.safe_dump({'rosbag2_bagfile_information': {
                'version': 5,
                'storage_identifier': 'sqlite3',
                'relative_file_paths': [DATABASE],
                'duration': {'nanoseconds': end - start},
                'starting_time': {'nanoseconds_since_epoch': start},
                'message_count': len(self.messages),
                'topics_with_message_count': [
                    {'topic_metadata': topic, 'message_count': len(self.messages)}],
                'compression_format': '',
                'compression_mode': '',
                'files': [{'path': DATABASE, 'message_count': len(self.messages),
                           'duration': {'nanoseconds': end - start},
                           'starting_time': {'nanoseconds_since_epoch': start}}],
            }}, file)


def messages(folder):
    """Return the messages of a bag of one topic, (time [ns], bytes), in their order."""
    with open(os.path.join(folder, 'metadata.yaml'), encoding='utf-8') as file:
        about = yaml.safe_load(file)['rosbag2_bagfile_information']
    path, = about['relative_file_paths']
    database = sqlite3.connect(os.path.join(folder, path))
    rows = database.execute(
        'SELECT timestamp, data FROM messages ORDER BY timestamp, id').fetchall()
    database.close()
    assert len(rows) == about['message_count']
    return rows


def play(content, publisher, rate=1.0):
    """Publish messages of a bag at their recorded intervals, or rate times as fast."""
    start = time.monotonic()
    for at, data in content:
        due = start + (at - content[0][0]) * 1e-9 / rate
        time.sleep(max(0, due - time.monotonic()))
        publisher.publish(data)

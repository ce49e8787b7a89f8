"""What a stranger on the ROS graph asks for never widens what the nodes may do."""

import base64
import functools
import http.server
import os
import threading

from diagnostic_msgs.msg import DiagnosticArray
from harness import tone, video
from harness.parameter_client import ParameterClient
from harness.parameters import arguments
from harness.service import Service
from harness.set_camera_info import SetCameraInfo
import pytest
from rcl_interfaces.msg import Log, ParameterEvent
from sensor_msgs.msg import CameraInfo, Image
from std_srvs.srv import SetBool

SECRET = 'tlJwpbo6'


class Server:
    """A camera on the network, which wants a password."""

    def __init__(self, folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self):
                wanted = 'Basic ' + base64.b64encode(f'robot:{SECRET}'.encode()).decode()
                if self.headers.get('Authorization') == wanted:
                    super().do_GET()
                    return
                self.send_response(401)
                self.send_header('WWW-Authenticate', 'Basic realm="camera"')
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass
        self._server = http.server.ThreadingHTTPServer(
            ('127.0.0.1', 0), functools.partial(Handler, directory=folder))
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def places(tmp_path):
    """Return a folder that is allowed and one that is not, with the same in them."""
    allowed, outside = tmp_path / 'allowed', tmp_path / 'outside'
    for folder in allowed, outside:
        folder.mkdir()
        video.write(folder / 'film.mkv', 320, 240, 25.0, 50)
        tone.write(folder / 'tone.wav', 440.0, 0.5, 2.0, rate=16000)
        (folder / 'camera.yaml').write_text('image_width: 640')
    (allowed / 'link').symlink_to(outside / 'film.mkv')
    (allowed / 'folder').symlink_to(outside)
    (allowed / 'image_001.png').symlink_to(outside / 'film.mkv')
    return allowed, outside


def content(folder):
    """Return the files below a folder."""
    return {path: path.is_file() and path.read_bytes() for path in sorted(folder.rglob('*'))}


def test_a_stranger_gets_nowhere_and_the_owner_where_it_was_allowed(
        av_capture, listener, tmp_path, places):
    allowed, outside = places
    server = Server(allowed)
    url = f'http://robot:{SECRET}@127.0.0.1:{server.port}/film.mkv'
    shown = url.replace(SECRET, 'xxxxx')
    told = [listener.subscribe(kind, topic) for kind, topic in (
        (ParameterEvent, '/parameter_events'), (Log, '/rosout'),
        (DiagnosticArray, '/diagnostics'))]
    images = listener.subscribe(Image, '/camera/image_raw')
    process = av_capture(
        *arguments('camera', {
            'source': 'synthetic', 'video_device': url, 'loop': True,
            'camera_info_url': f'file://{allowed}/start.yaml',
            'allowed_paths': f"['{allowed}']",
            'allowed_urls': f"['rtsp://a:{SECRET}@127.0.0.1/']"}),
        *arguments('microphone', {
            'source': 'synthetic', 'record_directory': tmp_path / 'records',
            'allowed_paths': f"['{allowed}/tone.wav']"}),
        environment={'ROS_HOME': str(tmp_path / 'home')})
    try:
        images.wait(5, process)
        before = content(outside)
        cameras = ParameterClient(listener, '/camera', process)
        microphones = ParameterClient(listener, '/microphone', process)
        attack_camera(cameras, listener, process, tmp_path, allowed, outside)
        attack_microphone(microphones, listener, process, tmp_path, outside)
        assert content(outside) == before
        assert not list(tmp_path.glob('made*'))
        use_what_is_allowed(cameras, microphones, images, process, allowed, shown)
    finally:
        server.close()
    assert cameras.get('allowed_urls', 'video_device') == {
        'allowed_urls': ['rtsp://a:xxxxx@127.0.0.1/'], 'video_device': shown}
    everything = [message for inbox in told for message in inbox.so_far()]
    assert any(shown in str(message) for message in everything)
    assert not [text for text in map(str, everything) if SECRET in text]
    assert not process.lines(SECRET)


def attack_camera(client, listener, process, tmp_path, allowed, outside):
    """Name what is not allowed, in one request and in several."""
    made = tmp_path / 'made'
    for args in (
            ['-f', 'lavfi', '-i', 'testsrc2', '-y', str(made)],
            ['-f', 'lavfi', '-i', 'anullsrc,ladspa=file=/tmp/library.so']):
        client.refuse('ffmpeg_args', 'read-only', ffmpeg_args=args)
        client.refuse('read-only', source='ffmpeg', ffmpeg_args=args)
    client.refuse('read-only', allowed_paths=['/'])
    client.refuse('"ffmpeg" is not within allowed_sources; the owner lists it at start',
                  source='ffmpeg')
    client.refuse('allowed_sources', source='ffmpeg', video_device=str(allowed / 'film.mkv'))
    client.refuse('allowed_sources', source='opencv',
                  video_device=f'videotestsrc num-buffers=1 ! filesink location={made} ! appsink')
    # The same words, whatever is there, whether it is a file, a folder, or a device.
    for path in (
            outside / 'film.mkv', outside / 'nothing.mkv', outside / 'nothing' / 'film.mkv',
            outside / 'film.mkv' / 'below', outside, '/etc/shadow', '/etc', '/root/.ssh/id_rsa',
            '/dev/null', '/dev/watchdog', '/dev/ttyUSB0', '/proc/self/environ',
            '/proc/self/root/etc/passwd', '/proc/self/fd/0', allowed / 'link',
            allowed / 'folder' / 'film.mkv', allowed / '..' / 'outside' / 'film.mkv',
            allowed / 'image_%03d.png', f'{outside}/image_%03d.png',
            f'/x%03d.png ! filesink location={made} ! appsink', f'file://{outside}/film.mkv',
            f'FILE:{outside}/film.mkv', f'concat:{outside}/film.mkv',
            f'subfile,,start,0,end,0,,:{outside}/film.mkv', '../outside/film.mkv', 'film.mkv',
            '-y', 'pipe:0', f'{allowed}/film.mkv\n[WARN] forged', f'{allowed}/' + 'a/' * 3000):
        result = client.set_atomically({'source': 'file', 'video_device': str(path)})
        want = ' is not within allowed_paths; the owner lists it at start'
        assert not result.successful and result.reason.endswith(want), result.reason
    for url in ('http://127.0.0.1:22/', 'http://169.254.169.254/latest', 'rtsp://127.0.0.1:1/',
                'rtsp://127.0.0.1@evil/', 'rtsp://b@127.0.0.1/', 'tcp://127.0.0.1:22',
                'concat:http://127.0.0.1/', 'ftp://127.0.0.1/', 'unix:///run/docker.sock'):
        result = client.set_atomically({'source': 'file', 'video_device': url})
        assert not result.successful and 'the owner lists it at start' in result.reason, url
        assert 'refused' not in result.reason.split('owner')[1], result.reason
    for device in (str(outside / 'film.mkv'), str(outside / 'nothing'), '/dev/watchdog',
                   '/dev/null'):
        client.refuse(f'"{device}" is not within allowed_paths', source='v4l2',
                      video_device=device)
    # In two requests: a device that names nothing yet, and then the source.
    client.change(video_device=str(outside / 'film.mkv'))
    client.refuse('is not within allowed_paths', source='file')
    results = client.set({'video_device': str(outside / 'nothing.mkv'), 'source': 'file'})
    assert [result.successful for result in results] == [True, False]
    # The file of the calibration, by its URL, and by the name in its default.
    info = CameraInfo(width=640, height=480)
    info.distortion_model, info.d = 'plumb_bob', [0.0] * 5
    info.k[0] = info.k[4] = info.k[8] = info.r[0] = info.r[4] = info.r[8] = 1.0
    info.p[0] = info.p[5] = info.p[10] = 1.0
    for asked in (f'file://{outside}/camera.yaml', f'file://{outside}/nothing.yaml',
                  f'file://{allowed}/folder/camera.yaml', 'file:///proc/kmsg',
                  'package://av_capture/x.yaml', 'package://nothing/x.yaml',
                  'file://${ROS_HOME}/camera_info/${NAME}.yaml'):
        client.refuse(f'"{asked}" is not within allowed_paths; the owner lists it at start',
                      camera_info_url=asked)
    client.refuse('allowed_paths', camera_info_url='', camera_name='other')
    answer = SetCameraInfo(listener, '/camera', process).set(info)
    assert answer.success and answer.status_message == f'stored in {allowed}/start.yaml'


def attack_microphone(client, listener, process, tmp_path, outside):
    """Read, listen to, and make what is not allowed."""
    for path in (outside / 'tone.wav', outside / 'nothing.wav', outside, '/etc/passwd',
                 '/dev/null', '/proc/self/root/etc/passwd', 'default'):
        result = client.set_atomically({'source': 'file', 'device': str(path)})
        want = f'"{path}" is not within allowed_paths; the owner lists it at start'
        assert not result.successful and result.reason.endswith(want), result.reason
    for folder in (outside / 'made', tmp_path / 'made', '/etc', '~/made', 'made',
                   tmp_path / 'records' / '..' / 'made', tmp_path / 'records2'):
        client.refuse(f'"{folder}" is not within allowed_paths', record_directory=str(folder))
    client.change(record_directory=f'{tmp_path}/records/today')
    recording = Service(listener, SetBool, '/microphone/set_recording', process)
    path = recording.call(data=True).message
    assert path.startswith(f'{tmp_path}/records/today/') and os.path.exists(path)
    recording.call(data=False)  # with some sound or none


def use_what_is_allowed(cameras, microphones, images, process, allowed, shown):
    """Name what the owner has listed, and what the nodes started with."""
    film = str(allowed / 'film.mkv')
    cameras.change(source='file', video_device=film)
    images.wait_until(lambda all_: all_[-1].width == 320, process, 'images of the film')
    cameras.change(source='synthetic', video_device=film)
    cameras.change(camera_info_url=f'file://{allowed}/another.yaml', camera_name='any')
    microphones.change(source='file', device=str(allowed / 'tone.wav'), loop=True)
    assert microphones.get('sample_rate') == {'sample_rate': 16000}
    # As it was at start, with the password that nobody was told.
    cameras.change(source='file', video_device=shown)
    count = len(images.so_far())
    images.wait_until(lambda all_: len(all_) > count + 5 and all_[-1].width == 320, process,
                      "the server's film")

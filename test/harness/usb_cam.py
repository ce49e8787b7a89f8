"""The files of a robot that was set up for usb_cam: parameters and calibration."""

import os

import yaml

# All keys and values of the file that usb_cam's package installs.
PARAMETERS = {
    'video_device': '/dev/video0', 'framerate': 30.0, 'io_method': 'mmap', 'frame_id': 'camera',
    'pixel_format': 'mjpeg2rgb', 'av_device_format': 'YUV422P', 'image_width': 640,
    'image_height': 480, 'camera_name': 'test_camera',
    'camera_info_url': 'package://usb_cam/config/camera_info.yaml',
    'brightness': -1, 'contrast': -1, 'saturation': -1, 'sharpness': -1, 'gain': -1,
    'auto_white_balance': True, 'white_balance': 4000, 'autoexposure': True, 'exposure': 100,
    'autofocus': False, 'focus': -1,
}
K = [500.0, 0.0, 320.0, 0.0, 500.0, 240.0, 0.0, 0.0, 1.0]  # of the calibration


def file(folder, key='/**', **changes):
    """Write the parameter file, for the nodes of key, and return its path."""
    path = folder / 'params_1.yaml'
    path.write_text(yaml.safe_dump({key: {'ros__parameters': {**PARAMETERS, **changes}}}))
    return path


def package(folder):
    """Install a package usb_cam with its calibration; return the environment for it."""
    share = folder / 'prefix' / 'share'
    index = share / 'ament_index' / 'resource_index' / 'packages'
    index.mkdir(parents=True)
    (index / 'usb_cam').touch()
    calibration = share / 'usb_cam' / 'config' / 'camera_info.yaml'
    calibration.parent.mkdir(parents=True)
    calibration.write_text(yaml.safe_dump({
        'image_width': 640, 'image_height': 480, 'camera_name': PARAMETERS['camera_name'],
        'distortion_model': 'plumb_bob',
        **{name: {'rows': rows, 'cols': len(data) // rows, 'data': data} for name, rows, data in [
            ('camera_matrix', 3, K),
            ('distortion_coefficients', 1, [0.0] * 5),
            ('rectification_matrix', 3, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]),
            ('projection_matrix', 3, [*K[:3], 0.0, *K[3:6], 0.0, *K[6:], 0.0])]}}))
    return {'AMENT_PREFIX_PATH': f'{os.environ["AMENT_PREFIX_PATH"]}:{share.parent}'}

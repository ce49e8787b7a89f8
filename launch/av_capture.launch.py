"""
Start the camera and the microphone, or several, in one process, and rviz2 or a film if wanted.

`ros2 launch av_capture av_capture.launch.py --show-args` lists the arguments.

The launch file sets no node name: the process holds several nodes, and a remap of `__node`
without a prefix would rename them all. `nodes:=front=camera,microphone` names them.
"""

import os
import runpy

from ament_index_python.packages import get_package_prefix, get_package_share_directory
from ament_index_python.packages import PackageNotFoundError
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, ExecuteProcess, LogInfo
from launch.actions import OpaqueFunction, TimerAction
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node

PACKAGE = 'av_capture'
KINDS = ('camera', 'microphone')
BOOLEANS = ('true', 'false', 'True', 'False')  # both spellings are in use in launch files

# Exit statuses after which the process is not started again:
CONFIGURATION_ERROR = 1  # the same parameters would fail again
ENDED_BY_FORCE = 3  # the end after a signal took too long
RESPAWN_DELAY = 2.0  # [s]

# Topics that are saved in a film, by the kind of the node, and av_save's option for them.
FILM_TOPICS = {
    'camera': ('--image', 'image_raw'),
    'microphone': ('--sound', 'audio'),
}


def generate_launch_description():
    """Return the arguments, the process of the nodes and rviz2."""
    config = os.path.join(get_package_share_directory(PACKAGE), 'config')
    return LaunchDescription([
        DeclareLaunchArgument(
            'params_file', default_value=os.path.join(config, 'av_capture.yaml'),
            description='YAML file with the parameters of all nodes'),
        DeclareLaunchArgument(
            'namespace', default_value='',
            description='namespace of all nodes and of rviz2, as in "front" or "/robot1/head"'),
        DeclareLaunchArgument(
            'nodes', default_value=','.join(KINDS),
            description='nodes to start, each a camera or a microphone or a name for one, as in '
                        'left=camera,right=camera,microphone'),
        DeclareLaunchArgument(
            'use_camera', default_value='true', choices=BOOLEANS,
            description='start the cameras among them'),
        DeclareLaunchArgument(
            'use_microphone', default_value='true', choices=BOOLEANS,
            description='start the microphones among them'),
        DeclareLaunchArgument(
            'log_level', default_value='info',
            description='debug, info, warn, error or fatal, for all or for one logger, as in '
                        'camera:=debug or, in a namespace, front.camera:=debug'),
        DeclareLaunchArgument(
            'lifecycle', default_value='false', choices=BOOLEANS,
            description='make all nodes managed ones, which wait to be configured and activated'),
        DeclareLaunchArgument(
            'respawn', default_value='true', choices=BOOLEANS,
            description='start the nodes again after a crash (never after an ordinary end or an '
                        'error in the parameters)'),
        DeclareLaunchArgument(
            'rviz', default_value='false', choices=BOOLEANS,
            description='show the topics of all nodes in rviz2'),
        DeclareLaunchArgument(
            'record', default_value='',
            description='film to save images and sound of all nodes in, until launch ends, as in '
                        'film.mkv in the present folder'),
        OpaqueFunction(function=start_nodes),
    ])


def start_nodes(context):
    """Return the process of the wanted nodes."""
    def value(argument):
        return LaunchConfiguration(argument).perform(context)

    def enabled(argument):
        return value(argument).lower() == 'true'

    # The executable refuses other kinds.
    unwanted = [kind for kind in KINDS if not enabled('use_' + kind)]
    nodes = [node for node in value('nodes').split(',')
             if node.split('=')[-1].strip() not in unwanted]
    if not nodes:
        raise RuntimeError(
            f'nothing is left of the nodes {value("nodes")}, as {" and ".join(unwanted)} are '
            f'turned off: set {" or ".join("use_" + kind for kind in unwanted)} to true')
    params_file = value('params_file')
    # launch itself would only warn, and start the nodes with default parameters.
    if not os.path.isfile(params_file):
        raise RuntimeError(f'params_file: "{params_file}" is not a file')
    # Before the nodes: where launch cannot start rviz2, it would end and leave them behind.
    viewers = [rviz(nodes)] if enabled('rviz') else []
    recorders = [film(nodes, value('namespace'), value('record'))] if value('record') else []
    return [*viewers, *recorders, Node(
        package=PACKAGE, executable=PACKAGE,
        namespace=value('namespace'),
        # Nothing of it where it is off: the file may turn it on.
        parameters=[params_file, *([{'lifecycle': True}] if enabled('lifecycle') else [])],
        arguments=['--nodes', ','.join(nodes)],
        ros_arguments=['--log-level', value('log_level')],
        output='screen',
        on_exit=start_again if enabled('respawn') else None)]


def film(nodes, namespace, name):
    """
    Return av_save with the topics of the nodes, in their namespace.

    It completes the film when launch ends. A second signal would end it at once: it is sent
    to one that takes longer than any encoder or disk may.
    """
    # As the shell does not expand record:=~/film.mkv.
    path = os.path.abspath(os.path.expanduser(name))
    # av_save would refuse these too, but then the nodes run without it.
    for file in path, '_part2'.join(os.path.splitext(path)):
        if os.path.exists(file):
            raise RuntimeError(
                f'record: "{file}" is there already: remove it or take another name')
    topics = []
    for node in nodes:
        option, topic = FILM_TOPICS.get(node.split('=')[-1].strip(), (None, None))
        if option:
            topics += [option, f"{node.split('=')[0].strip()}/{topic}"]
    return Node(
        package=PACKAGE, executable='av_save',
        namespace=namespace,
        arguments=[*topics, path],
        sigterm_timeout='60',
        output='screen')


def rviz(nodes):
    """Return rviz2 with the topics of the nodes, in their namespace."""
    try:
        get_package_prefix('rviz2')
    except PackageNotFoundError:
        distro = os.environ.get('ROS_DISTRO', '$ROS_DISTRO')
        raise RuntimeError('rviz: rviz2 is not installed: sudo apt install '
                           f'ros-{distro}-rviz2, or rviz:=false') from None
    names = [node.split('=')[0].strip() for node in nodes]
    kinds = [node.split('=')[-1].strip() for node in nodes]
    share = get_package_share_directory(PACKAGE)
    write = runpy.run_path(os.path.join(share, 'launch', 'rviz_config.py'))['write']
    config, topics = write(os.path.join(share, 'config', 'av_capture.rviz'), zip(names, kinds))
    return Node(
        package='rviz2', executable='rviz2',
        namespace=LaunchConfiguration('namespace'),
        arguments=['-d', config],
        # Into the namespace, which the launch file need not know.
        remappings=[(topic, topic.removeprefix('/')) for topic in topics])


def start_again(event, context):
    """
    Return the actions that restart a process after a fault.

    launch's own respawn ignores the exit status: it would repeat an error in the parameters
    for ever, and its maximum of attempts counts over the whole life. The actions repeat the
    same command, since the namespace and the remaps of an enclosing launch file are unknown
    by now.
    """
    if context.is_shutdown or event.returncode in (0, CONFIGURATION_ERROR, ENDED_BY_FORCE):
        return None
    return [
        LogInfo(msg=f'{PACKAGE} ended with status {event.returncode}: '
                    f'starting it again in {RESPAWN_DELAY:g} s'),
        TimerAction(period=RESPAWN_DELAY, actions=[ExecuteProcess(
            cmd=event.cmd, cwd=event.cwd, env=event.env, name=PACKAGE,
            output='screen', on_exit=start_again)]),
    ]

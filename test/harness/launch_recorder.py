"""
Stand-ins for launch and launch_ros, which record the entities of a launch file.

launch and launch_ros are on no package index, and so are absent where the tests bring their
own ROS. The stand-ins have the names and keywords that our launch files use. A launch file
that uses others fails here.
"""

import importlib.util
import sys
import types


class LaunchDescription(list):
    """The entities in their order."""


class LaunchConfiguration:
    """The value of an argument."""

    def __init__(self, name):
        """Refer to the argument of that name."""
        self.name = name

    def perform(self, context):
        """Return the argument's value."""
        return context.launch_configurations[self.name]


class DeclareLaunchArgument:
    """An argument of the launch file."""

    def __init__(self, name, *, default_value=None, description=None, choices=None):
        """Declare it."""
        self.name, self.default_value = name, default_value
        self.description, self.choices = description, choices


class OpaqueFunction:
    """A function that makes entities when the values are known."""

    def __init__(self, *, function):
        """Take the function."""
        self.function = function


class ExecuteProcess:
    """A process."""

    def __init__(self, *, cmd, cwd=None, env=None, name=None, output='log', on_exit=None):
        """Take the command."""
        self.cmd, self.cwd, self.env = cmd, cwd, env
        self.name, self.output, self.on_exit = name, output, on_exit


class Node:
    """A process of a package's executable."""

    def __init__(self, *, package, executable, name=None, namespace=None, parameters=(),
                 remappings=(), arguments=(), ros_arguments=(), output='log', on_exit=None,
                 sigterm_timeout='5'):
        """Take the parts of the command line."""
        self.package, self.executable = package, executable
        self.name, self.namespace, self.parameters = name, namespace, parameters
        self.remappings, self.arguments = remappings, arguments
        self.ros_arguments, self.output = ros_arguments, output
        self.on_exit, self.sigterm_timeout = on_exit, sigterm_timeout

    def command_line(self):
        """Return the executable's arguments as launch_ros composes them."""
        # launch_ros starts relative namespaces at the root.
        namespace = self.namespace if self.namespace.startswith('/') else '/' + self.namespace
        command = [*self.arguments, '--ros-args', *self.ros_arguments, '--ros-args']
        if self.name is not None:
            command += ['-r', f'__node:={self.name}']
        command += ['-r', f'__ns:={namespace}']
        for path in self.parameters:
            command += ['--params-file', path]
        for source, target in self.remappings:
            command += ['-r', f'{source}:={target}']
        return command


class TimerAction:
    """Actions after a time [s]."""

    def __init__(self, *, period, actions):
        """Take both."""
        self.period, self.actions = period, actions


class LogInfo:
    """A line in the log."""

    def __init__(self, *, msg):
        """Take the text."""
        self.msg = msg


MODULES = {
    'launch': [LaunchDescription],
    'launch.actions': [
        DeclareLaunchArgument, ExecuteProcess, LogInfo, OpaqueFunction, TimerAction],
    'launch.substitutions': [LaunchConfiguration],
    'launch_ros': [],
    'launch_ros.actions': [Node],
}


class Context:
    """The state of launch while it runs."""

    is_shutdown = False

    def __init__(self, configurations):
        """Take the values of the arguments."""
        self.launch_configurations = configurations


class Recording:
    """A launch file's arguments and entities."""

    def __init__(self, path, monkeypatch):
        """Load a launch file on top of the stand-ins."""
        for name, classes in MODULES.items():
            module = types.ModuleType(name)
            for each in classes:
                setattr(module, each.__name__, each)
            monkeypatch.setitem(sys.modules, name, module)
        specification = importlib.util.spec_from_file_location('launch_file', path)
        loaded = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(loaded)
        self.entities = loaded.generate_launch_description()
        self.arguments = {entity.name: entity for entity in self.entities
                          if isinstance(entity, DeclareLaunchArgument)}

    def run(self, **values):
        """Return the Nodes that start with these values of arguments, as launch would."""
        context = Context({name: argument.default_value
                           for name, argument in self.arguments.items()})
        for name, value in values.items():
            choices = self.arguments[name].choices
            assert choices is None or value in choices, f'{name}: {value} is no choice'
            context.launch_configurations[name] = value
        nodes = []
        for entity in self.entities:
            if isinstance(entity, OpaqueFunction):
                nodes += entity.function(context)
        return nodes

"""Parameters on the command line."""


def arguments(node, parameters):
    """Return the arguments that give a node its parameters."""
    result = ['--ros-args']
    for name, value in parameters.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        result += ['-p', f'{node}:{name}:={text}']
    return [*result, '--']


def camera(**parameters):
    """Return the command line of the camera alone; __ in a name stands for a dot."""
    return ['--nodes', 'camera', *arguments('camera', dotted(parameters))]


def microphone(**parameters):
    """Return the command line of the microphone alone; __ in a name stands for a dot."""
    return ['--nodes', 'microphone', *arguments('microphone', dotted(parameters))]


def dotted(parameters):
    """Replace __ in the names by a dot."""
    return {name.replace('__', '.'): value for name, value in parameters.items()}

"""Print, as JSON, the parameters that rclpy's nodes have for lists of arguments.

Reads a JSON list of lists of arguments from standard input. For each it makes a
context with these arguments and in it the nodes camera and microphone, which
declare what was given for them, and writes one line: an object from the node's
fully qualified name to its parameters, each as [type, value]. Not-a-number and
the infinities are written as text.
"""
import json
import math
import sys

import rclpy


def plain(value):
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return list(value) if isinstance(value, tuple) or hasattr(value, 'tolist') else value


def parameters(arguments):
    context = rclpy.Context()
    rclpy.init(args=arguments, context=context)
    try:
        nodes = [
            rclpy.create_node(
                name, context=context, start_parameter_services=False, enable_rosout=False,
                automatically_declare_parameters_from_overrides=True)
            for name in ('camera', 'microphone')]
        found = {}
        for node in nodes:
            values = {}
            for name, parameter in node._parameters.items():
                if name in node._parameter_overrides:  # not what every node declares
                    values[name] = [parameter.type_.value, plain(parameter.value)]
            found[node.get_fully_qualified_name()] = values
            node.destroy_node()
        return found
    finally:
        rclpy.shutdown(context=context)


for case in json.load(sys.stdin):
    print(json.dumps(parameters(['program', *case])), flush=True)

"""A client of a node's six parameter services."""

from rcl_interfaces.msg import Parameter
from rcl_interfaces.srv import (
    DescribeParameters, GetParameters, GetParameterTypes, ListParameters, SetParameters,
    SetParametersAtomically)
from rclpy.parameter import parameter_value_to_python
from rclpy.parameter import Parameter as RclpyParameter
from rclpy.qos import qos_profile_parameters

from .service import Service

SERVICES = {
    'describe_parameters': DescribeParameters,
    'get_parameters': GetParameters,
    'get_parameter_types': GetParameterTypes,
    'list_parameters': ListParameters,
    'set_parameters': SetParameters,
    'set_parameters_atomically': SetParametersAtomically,
}


def value(python):
    """Return a rcl_interfaces/ParameterValue; an int does not become a double."""
    return RclpyParameter('_', value=python).get_parameter_value()


def parameters(values):
    """Return rcl_interfaces/Parameter for a dict, or for name-value pairs."""
    pairs = values.items() if isinstance(values, dict) else values
    return [Parameter(name=name, value=value(python)) for name, python in pairs]


class ParameterClient:
    """A client of one node; the end of process is a failure."""

    def __init__(self, listener, node, process=None):
        """Connect to the services of the node of this full name."""
        self._services = {
            name: Service(listener, kind, f'{node}/{name}', process, qos_profile_parameters)
            for name, kind in SERVICES.items()}

    def call(self, service, **fields):
        """Return the response to a request with these fields."""
        return self._services[service].call(**fields)

    def start(self, service, **fields):
        """Send a request with these fields; return a function that waits for the response."""
        return self._services[service].start(**fields)

    def names(self):
        """Return the names of all parameters."""
        return self.call('list_parameters').result.names

    def get(self, *names):
        """Return the values by name."""
        values = self.call('get_parameters', names=names).values
        assert len(values) == len(names), f'{len(values)} values for {names}'
        return {name: parameter_value_to_python(v) for name, v in zip(names, values)}

    def all(self):
        """Return all values by name."""
        return self.get(*self.names())

    def describe(self):
        """Return the descriptors of all parameters by name."""
        names = self.names()
        return {d.name: d for d in
                self.call('describe_parameters', names=names).descriptors}

    def set_atomically(self, values):
        """Change parameters together and return the result."""
        return self.call('set_parameters_atomically', parameters=parameters(values)).result

    def set(self, values):
        """Change parameters one by one and return the results."""
        return self.call('set_parameters', parameters=parameters(values)).results

    def change(self, **values):
        """Change parameters together, which has to succeed; __ in a name stands for a dot."""
        result = self.set_atomically({n.replace('__', '.'): v for n, v in values.items()})
        assert result.successful, result.reason

    def refuse(self, *words, **values):
        """Change parameters together, which has to fail with a reason that has all words."""
        before = self.all()
        result = self.set_atomically({n.replace('__', '.'): v for n, v in values.items()})
        assert not result.successful, f'{values} was accepted'
        for word in words:
            assert word in result.reason, f'{word!r} is not in {result.reason!r}'
        assert self.all() == before

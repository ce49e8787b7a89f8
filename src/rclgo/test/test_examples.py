"""The programs in examples, each with rclpy and with each other."""

import pytest
import rclpy
from rclpy.parameter import Parameter
from rclpy.qos import QoSProfile, ReliabilityPolicy

from processes import Process, wait_for


@pytest.fixture
def run(examples):
    """Return a function that starts an example."""
    return lambda name, *arguments: Process(examples / name, *arguments)


def spinning(node):
    """Return a function that spins a node while something is waited for."""
    return lambda: rclpy.spin_once(node, timeout_sec=0.01)


def call(node, kind, name, request):
    """Return a service's response."""
    client = node.create_client(kind, name)
    wait_for(client.service_is_ready, f'finding {name}')
    future = client.call_async(request)
    wait_for(future.done, f'calling {name}', spinning(node))
    node.destroy_client(client)
    return future.result()


def test_talker_is_heard_by_rclpy_and_logs_it(run, node):
    from std_msgs.msg import String
    heard = []
    peer = node.create_subscription(String, 'chatter', heard.append, 10)
    with run('talker') as talker:
        talker.line(lambda line: 'listeners: 1' in line, spinning(node))
        wait_for(lambda: len(heard) >= 2, 'two messages', spinning(node))
        first = int(heard[0].data.split()[1])
        assert [message.data for message in heard[:2]] == [f'hello {first}', f'hello {first + 1}']
        node.destroy_subscription(peer)
        talker.line(lambda line: 'listeners: 0' in line, spinning(node))


def test_listener_hears_rclpy(run, node):
    from std_msgs.msg import String
    peer = node.create_publisher(String, 'chatter', 10)
    with run('listener') as listener:
        wait_for(lambda: peer.get_subscription_count() == 1, 'the listener')
        for text in ['one', 'zwei – 二']:
            peer.publish(String(data=text))
            assert listener.line(lambda line: line.startswith('heard:')) == f'heard: {text}'
    node.destroy_publisher(peer)


def test_listener_logs_that_a_talker_offers_too_little(run, node):
    from std_msgs.msg import String
    peer = node.create_publisher(String, 'chatter', QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT))
    with run('listener') as listener:
        listener.line(lambda line: "a talker's reliability does not fit" in line)
    node.destroy_publisher(peer)


def test_talker_and_listener_meet(run):
    with run('listener', '--ros-args', '-r', 'chatter:=news') as listener, \
            run('talker', '--ros-args', '-r', 'chatter:=news'):
        listener.line(lambda line: line.startswith('heard: hello'))


def test_switch_is_turned_by_rclpy_and_by_go(run, node):
    from std_srvs.srv import SetBool
    with run('switch_server'):
        response = call(node, SetBool, '/switch/turn', SetBool.Request(data=True))
        assert (response.success, response.message) == (True, 'turned')
        assert run('switch_client', 'on').wait() == (0, ['false is so already'])
        assert run('switch_client', 'off').wait() == (0, ['true turned'])


def test_switch_client_calls_rclpy(run, node):
    from std_srvs.srv import SetBool

    def serve(request, response):
        response.success, response.message = True, f'python got {request.data}'
        return response
    service = node.create_service(SetBool, '/switch/turn', serve)
    assert run('switch_client', 'on').wait(spinning(node)) == (0, ['true python got True'])
    node.destroy_service(service)


def test_rclpy_lists_gets_and_sets_the_parameter(run, node):
    from rcl_interfaces.srv import GetParameters, ListParameters, SetParameters

    def get():
        request = GetParameters.Request(names=['period', 'x'])
        values = call(node, GetParameters, '/parameter_server/get_parameters', request).values
        assert (values[0].type, values[1].type) == (Parameter.Type.DOUBLE.value, Parameter.Type.NOT_SET.value)
        return values[0].double_value

    def set_(name, value):
        request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
        result, = call(node, SetParameters, '/parameter_server/set_parameters', request).results
        return result.successful, result.reason

    with run('parameter_server') as server:
        names = call(node, ListParameters, '/parameter_server/list_parameters', ListParameters.Request()).result.names
        assert names == ['period']
        assert get() == 0.5
        assert set_('period', 0.25) == (True, '')
        server.line(lambda line: 'period: 0.25 s' in line)
        assert set_('period', -1.0) == (False, 'period must be above 0 s')
        assert set_('period', 1) == (False, 'period must be a double')
        assert set_('x', 1.0) == (False, 'there is no parameter x')
        assert get() == 0.25


def test_parameter_client_gets_and_sets_rclpys(run):
    peer = rclpy.create_node('parameters_of_python')
    peer.declare_parameter('gain', 1.5)
    name = peer.get_fully_qualified_name()
    assert run('parameter_client', name, 'gain').wait(spinning(peer)) == (0, ['1.5'])
    assert run('parameter_client', name, 'gain', '2.5').wait(spinning(peer)) == (0, ['2.5'])
    assert peer.get_parameter('gain').value == 2.5
    status, lines = run('parameter_client', name, 'loss').wait(spinning(peer))
    assert status == 1 and f'{name} has no parameter loss of type double' in lines[-1]
    peer.destroy_node()


def test_parameter_client_sets_gos(run):
    with run('parameter_server'):
        assert run('parameter_client', '/parameter_server', 'period', '0.1').wait() == (0, ['0.1'])
        status, lines = run('parameter_client', '/parameter_server', 'period', '0').wait()
        assert status == 1 and 'period must be above 0 s' in lines[-1]

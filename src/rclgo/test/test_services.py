"""Services of generated bindings and rclpy, each as server and as client."""

import importlib
import random

import pytest
import rclpy

from canonical import canonical
from go_program import DEADLINE
from values import WAYS, fill

SERVICES = ['Ask', 'Echo', 'Nothing', 'Tell']


def service_class(name):
    """Return a service of rclgo_test_msgs."""
    return getattr(importlib.import_module('rclgo_test_msgs.srv'), name)


@pytest.fixture(scope='module')
def client(node):
    """Return the client of a service of Go's, the same one each time."""
    clients = {}

    def get(name):
        if name not in clients:
            clients[name] = node.create_client(service_class(name), f'/go/{name}')
            assert clients[name].wait_for_service(DEADLINE)
        return clients[name]
    return get


@pytest.fixture(scope='module')
def server(node):
    """Return a function that starts a service of Python's and returns its state."""
    servers = {}

    def get(name):
        if name not in servers:
            servers[name] = state = {'requests': [], 'response': None}

            def serve(request, _):
                state['requests'].append(canonical(request))
                return state['response']
            node.create_service(service_class(name), f'/python/{name}', serve)
        return servers[name]
    return get


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('name', SERVICES)
def test_python_calls_go(go, node, client, name, way):
    request = fill(service_class(name).Request(), way, random.Random(f'{name} {way}'))
    future = client(name).call_async(request)
    rclpy.spin_until_future_complete(node, future, timeout_sec=DEADLINE)
    assert future.done()
    report = go.report()
    assert (report['Report'], report['Type']) == ('request', name)
    assert report['Message'] == canonical(request)
    want = request if name == 'Echo' else service_class(name).Response()
    assert canonical(future.result()) == canonical(want)


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('name', SERVICES)
def test_go_calls_python(go, node, server, name, way):
    rng = random.Random(f'{way} {name}')
    request = canonical(fill(service_class(name).Request(), way, rng))
    response = fill(service_class(name).Response(), way, rng)
    state = server(name)
    state['response'] = response
    state['requests'].clear()
    call = go.start('call', name, request)
    got = go.answer(call, lambda: rclpy.spin_once(node, timeout_sec=0))
    assert got == canonical(response)
    # Go repeats a request without a prompt response.
    assert state['requests']
    assert all(r == request for r in state['requests'])

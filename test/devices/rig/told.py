"""Values that the diagnostics tell."""


def told(arrays, node='camera'):
    """Return the values of a node's newest status by their keys; none: empty."""
    for array in reversed(arrays):
        for status in array.status:
            if status.name == f'{node}: capture':
                return {pair.key: pair.value for pair in status.values}
    return {}


def check_told(statuses, process, node='camera', **wanted):
    """Require these values of the diagnostics, as in drops=0, once all up to now is in them."""
    # One may have been on its way.
    values = told(statuses.wait(len(statuses.so_far()) + 2, process), node)
    got = {key: values.get(key) for key in wanted}
    assert got == {key: str(value) for key, value in wanted.items()}, process.text()

"""What /diagnostics says of the nodes."""


def statuses(arrays, name):
    """Return the statuses of that name."""
    return [status for array in arrays for status in array.status if status.name == name]


def values(status):
    """Return the key-values, each key of which is there once."""
    result = {pair.key: pair.value for pair in status.values}
    assert len(result) == len(status.values)
    return result


def wait_for_status(inbox, process, name, condition, what, since=0):
    """Return the first status of that name for which the condition holds, since a message."""
    found = []

    def look(arrays):
        found[:] = [status for status in statuses(arrays[since:], name) if condition(status)]
        return found
    inbox.wait_until(look, process, f'a status {name}: {what}')
    return found[0]


def wait_for_text(inbox, process, name, level, text):
    """Wait for a status of that name with this level and this text from now on."""
    wait_for_status(inbox, process, name,
                    lambda status: status.level == level and text in status.message,
                    text, len(inbox.so_far()))

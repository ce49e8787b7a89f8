"""The configuration of rviz2 for the nodes that a launch file starts."""

import atexit
import copy
import os
import shutil
import struct
import tempfile

import yaml

# The node of each kind that config/av_capture.rviz shows.
SHIPPED = {'camera': '/camera/', 'microphone': '/microphone/'}

# Of Qt's QMainWindow::saveState().
VERTICAL, HORIZONTAL = 2, 1
LEFT, RIGHT, TOP = 0, 1, 2
CORNERS = 4, 4, 8, 8  # of the areas at the top and at the bottom
DOCKS, TOOL_BARS, SEQUENCE, WIDGET = 0xfd, 0xfc, 0xfc, 0xfb
LARGEST = 0xffffff  # [pixels]


def write(shipped, nodes):
    """
    Write a configuration into a temporary folder that goes with this process.

    shipped is the path of config/av_capture.rviz, nodes are pairs of a name and its kind.
    Returns the path, and the topics in it.
    """
    with open(shipped, encoding='utf-8') as file:
        config = configuration(yaml.safe_load(file), list(nodes))
    folder = tempfile.mkdtemp(prefix='av_capture_rviz_')
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = os.path.join(folder, 'av_capture.rviz')
    with open(path, 'w', encoding='utf-8') as file:
        yaml.safe_dump(config, file, sort_keys=False)
    displays = config['Visualization Manager']['Displays']
    return path, [display['Topic']['Value'] for display in displays]


def configuration(shipped, nodes):
    """Return the shipped configuration with the displays of all nodes."""
    config = copy.deepcopy(shipped)
    manager = config['Visualization Manager']
    rows = [[display_of(display, name, len(nodes_of(kind, nodes)) > 1)
             for display in manager['Displays']
             if display['Topic']['Value'].startswith(SHIPPED[kind])]
            for name, kind in nodes if kind in SHIPPED]
    displays = [display for row in rows for display in row]
    manager['Displays'] = displays
    for panel in config['Panels']:
        if 'Property Tree Widget' in panel:
            panel['Property Tree Widget']['Expanded'] = [f'/{d["Name"]}1' for d in displays]
    geometry = config['Window Geometry']
    docks = {'Displays': {'collapsed': False}} | {
        display['Name']: {'collapsed': False} for display in displays}
    config['Window Geometry'] = {
        name: value for name, value in geometry.items() if not isinstance(value, dict)} | docks
    config['Window Geometry']['QMainWindow State'] = window_state(
        geometry['Width'], geometry['Height'], rows)
    return config


def nodes_of(kind, nodes):
    """Return the nodes of a kind."""
    return [name for name, its_kind in nodes if its_kind == kind]


def display_of(display, node, several):
    """Return a display for a node in place of the shipped one, with its name if there are more."""
    own = copy.deepcopy(display)
    own['Topic']['Value'] = f'/{node}/' + display['Topic']['Value'].split('/', 2)[2]
    if several:
        own['Name'] = f'{node}: {display["Name"]}'
    return own


def window_state(width, height, rows):
    """
    Return the state of rviz2's window, as Qt saves it, in hexadecimal.

    At the left is the dock of the displays; at the right a row for each node, with the docks
    of its displays that are enabled side by side, and the others hidden below.
    """
    left = width // 5
    items, y = [], 0
    each = height // max(len(rows), 1)
    for row in rows:
        shown = [display['Name'] for display in row if display['Enabled']]
        share = (width - left) // max(len(shown), 1)
        items.append(struct.pack('>BIIII', SEQUENCE, y, each, 0, LARGEST) + sequence(
            HORIZONTAL, [widget(name, True, i * share, share) for i, name in enumerate(shown)]))
        y += each
        items += [widget(display['Name'], False, y, 0) for display in row if not display['Enabled']]
    areas = (
        struct.pack('>III', LEFT, left, height) +
        sequence(VERTICAL, [widget('Displays', True, 0, height)]) +
        struct.pack('>III', RIGHT, width - left, height) + sequence(VERTICAL, items))
    centre = struct.pack('>II4I', 0, height, *CORNERS)
    tools = struct.pack('>BIII', TOOL_BARS, 1, TOP, 1) + text('Tools') + struct.pack(
        '>BIiII', True, 0, -1, 0, 0)
    return (struct.pack('>IIBI', 0xff, 0, DOCKS, 2) + areas + centre + tools).hex()


def sequence(orientation, items):
    """Return a row or column of docks."""
    return struct.pack('>BBI', SEQUENCE, orientation, len(items)) + b''.join(items)


def widget(name, shown, position, size):
    """Return a dock, by its name, with position and size along its row or column [pixels]."""
    return struct.pack('>B', WIDGET) + text(name) + struct.pack(
        '>BIIII', shown, position, size, 0, LARGEST)


def text(string):
    """Return a string: its length in bytes, and UTF-16."""
    content = string.encode('utf-16-be')
    return struct.pack('>I', len(content)) + content

"""What --list-devices prints, against what Linux's own tools say of the same devices."""

import re

from harness.deadline import until
import pytest
from rig.listed import block, listed, ours, theirs


def test_camera_and_its_formats_are_those_of_v4l2_ctl(camera):
    text = listed()
    got, want = ours(block(text, camera.path)), theirs(camera.path)
    assert got.keys() == want.keys(), text
    for name in want:
        assert got[name].keys() == want[name].keys(), name
        for size, rates in want[name].items():
            # Four digits of ours, three decimal places of theirs.
            assert got[name][size] == pytest.approx(sorted(rates), rel=1e-3), (name, size)
    # 24 lines and more are no screen.
    assert len(block(text, camera.path).splitlines()) < 24, text


def test_who_has_a_camera_is_listed(camera):
    other = camera.hold('YUYV', 320, 180, 30)
    try:
        until(lambda: camera.is_busy, 'the other program streams')
        assert f'in use   by {other.holder}' in block(listed(), camera.path)
    finally:
        other.end()


def test_sound_card_is_listed_by_its_names_in_alsa(sound_card, av_capture):
    with open(f'/proc/asound/card{sound_card.card}/id') as file:
        card = file.read().strip()
    lasting = f'hw:CARD={card},DEV={sound_card.device}'
    text = listed()
    found = next(b for b in text.split('\n\n') if f'{sound_card.name} or {lasting}' in b)
    assert '(backend alsa' in found
    assert re.search(r'S16LE.*: .*channels? at .*44100', ' '.join(found.split())), text
    process = av_capture('--nodes', 'microphone', '--ros-args', '-p', 'backend:=alsa',
                         '-p', f"device:='{lasting}'")
    process.wait_for_line(rf'capturing from .*\(alsa {sound_card.name}\)')


def test_sound_card_in_use_is_listed_with_whom(sound_card):
    other = sound_card.hold()
    try:
        until(lambda: not sound_card.is_free, 'the other program captures')
        text = listed()
        found = next(b for b in text.split('\n\n') if f'{sound_card.name} or' in b)
        assert f'in use by {other.holder}' in ' '.join(found.split())
    finally:
        other.end()

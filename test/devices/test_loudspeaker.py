"""What audio_play plays on a sound card comes out of it bit for bit."""

from harness.deadline import until
from harness.process import executable
from harness.talker import noise, Talker
import pytest

ALSA = {'S16LE': 'S16_LE', 'S24LE': 'S24_3LE'}  # its words for our encodings


@pytest.mark.virtual('nobody hears what its loudspeaker plays bit for bit')
@pytest.mark.parametrize('encoding, rate, channels', [('S16LE', 44100, 1), ('S24LE', 48000, 2)])
def test_what_is_published_is_played(
        av_capture, listener, sound_card, tmp_path, encoding, rate, channels):
    content = noise(rate // 2, channels, encoding)
    path = tmp_path / 'heard.raw'
    talker = Talker(listener)
    recorder = sound_card.record(path, ALSA[encoding], rate, channels)
    try:
        process = av_capture('--backend', 'alsa', '--device', sound_card.loudspeaker,
                             '--buffer', 1, command=[executable('audio_play')])
        talker.wait(process)
        # As a program does that makes speech: all at once.
        talker.say_all(content, block=rate // 10, rate=rate, channels=channels,
                       encoding=encoding)
        until(lambda: content in path.read_bytes(), 'what was published', process)
    finally:
        recorder.end()
    process.end()
    said = process.lines('^played')[0]
    assert f'{rate // 2} audio frames' in said and 'missing' not in said, said
    assert not process.lines('WARN|ERROR'), process.text()

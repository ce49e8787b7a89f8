"""The spectrum is the one that numpy computes of the same samples."""

from av_capture.msg import AudioData, Spectrum
from harness import tone
from harness.deadline import until
from harness.listener import nanoseconds
from harness.parameters import microphone
from harness.sound import check_continuous, samples
import numpy as np
import pytest

RATE = 44100

# Coefficients of the cosines: w[n] = sum (-1)^k a_k cos(2 pi k n / N), the periodic form.
WINDOWS = {
    'rectangular': [1.0],
    'hann': [0.5, 0.5],
    'hamming': [0.54, 0.46],
    'blackman': [0.42, 0.5, 0.08],
    'flat_top': [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
}


def window_samples(name, size):
    """Return the samples of a window."""
    n = np.arange(size)
    return sum((-1)**k * a * np.cos(2 * np.pi * k * n / size) for k, a in enumerate(WINDOWS[name]))


def amplitudes(frames, name):
    """Return the one-sided amplitude spectrum of numbers in [-1, 1): a sine reads its peak."""
    size = len(frames)
    window = window_samples(name, size)
    result = 2 * np.abs(np.fft.rfft(frames * window)) / window.sum()
    result[0] /= 2
    if size % 2 == 0:
        result[-1] /= 2
    return result, window


def scaled(frames, name, scaling):
    """Return the spectrum in one of the scalings of av_capture/Spectrum."""
    amplitude, window = amplitudes(frames, name)
    if scaling == 'AMPLITUDE':
        return amplitude
    if scaling == 'POWER':
        return amplitude**2
    if scaling == 'DECIBEL':
        return 20 * np.log10(np.maximum(amplitude, 1e-15))
    # One-sided: all bins but those without a mirror image count twice.
    density = np.abs(np.fft.rfft(frames * window))**2 / (RATE * (window**2).sum())
    density[1:(len(frames) + 1) // 2] *= 2
    return density


@pytest.mark.parametrize('window, scaling, size, hop, channels', [
    ('hann', 'AMPLITUDE', 2048, 1024, 1),
    ('blackman', 'POWER', 1000, 1500, 2),
    ('rectangular', 'DENSITY', 512, 441, 1),
    ('flat_top', 'DECIBEL', 4096, 2048, 1),
    ('hamming', 'AMPLITUDE', 441, 300, 2),
])
def test_spectrum_is_numpys(av_capture, listener, tmp_path, window, scaling, size, hop, channels):
    audio = listener.subscribe(AudioData, '/microphone/audio')
    spectra = listener.subscribe(Spectrum, '/microphone/spectrum')
    process = av_capture(*microphone(
        source='synthetic', channels=channels, spectrum__window=window,
        spectrum__scaling=scaling, spectrum__window_size=size, spectrum__hop_size=hop))
    audio.wait(1, process)
    got = spectra.wait(20, process)
    last = got[-1].first_frame + size
    blocks = audio.wait_until(lambda messages: messages[-1].first_frame > last, process,
                              'the sound of the last window')
    check_continuous(blocks)
    start, numbers = blocks[0].first_frame, samples(blocks) / 32768
    compared = 0
    for before, spectrum in zip([None, *got], got):
        assert (spectrum.sample_rate, spectrum.window_size, spectrum.hop_size) == (RATE, size, hop)
        assert (spectrum.window, spectrum.scaling) == (window, scaling)
        assert spectrum.channels == channels
        if before is not None:
            assert spectrum.first_frame == before.first_frame + hop
        np.testing.assert_allclose(spectrum.frequency, np.arange(size // 2 + 1) * RATE / size,
                                   rtol=1e-6)
        if spectrum.first_frame < start:
            continue  # of sound that was there before we had subscribed to it
        rows = np.array(spectrum.amplitude).reshape(channels, size // 2 + 1)
        first = spectrum.first_frame - start
        for channel in range(channels):
            want = scaled(numbers[first:first + size, channel], window, scaling)
            if scaling == 'DECIBEL':
                # Below -200 dBFS the rounding of the transform itself is compared.
                loud = want > -150
                np.testing.assert_allclose(rows[channel][loud], want[loud], atol=1e-3)
            else:
                np.testing.assert_allclose(rows[channel], want, rtol=1e-5, atol=1e-9)
        compared += 1
    assert compared >= 5


def test_stamp_is_that_of_the_windows_first_audio_frame(av_capture, listener):
    audio = listener.subscribe(AudioData, '/microphone/audio')
    spectra = listener.subscribe(Spectrum, '/microphone/spectrum')
    process = av_capture(*microphone(
        source='synthetic', spectrum__window_size=1764, spectrum__hop_size=441))
    blocks = {block.first_frame: block for block in audio.wait(100, process)}
    compared = 0
    for spectrum in spectra.wait(50, process):
        block = blocks.get(spectrum.first_frame)
        if block is not None:
            assert abs(nanoseconds(spectrum.header.stamp) - nanoseconds(block.header.stamp)) < 1e6
            compared += 1
    assert compared >= 10


def test_played_tone_reads_its_frequency_and_level(av_capture, listener, pulse, tmp_path):
    size, amplitude = 4410, 0.5
    frequency = 100 * RATE / size  # 1000 Hz, on a bin's centre
    pulse.add_null_sink('mic', RATE)
    played = tone.write(tmp_path / 'tone.wav', frequency, amplitude, 60)
    spectra = listener.subscribe(Spectrum, '/microphone/spectrum')
    process = av_capture(
        *microphone(backend='pulseaudio', spectrum__scaling='AMPLITUDE', spectrum__window='hann',
                    spectrum__window_size=size, spectrum__hop_size=size),
        environment=pulse.environment)
    process.wait_for_line('capturing from')
    player = pulse.play(played, 'mic')
    try:
        def steady():
            return [s for s in spectra.so_far() if max(s.amplitude) > 0.499][1:]
        found = until(lambda: steady()[:3] if len(steady()) >= 3 else None,
                      'three windows of the tone', process)
    finally:
        player.kill()
    for spectrum in found:
        row = np.array(spectrum.amplitude)
        assert row.argmax() == 100
        assert spectrum.frequency[100] == pytest.approx(frequency, rel=1e-6)
        assert row[100] == pytest.approx(amplitude, abs=2e-3)
        assert row[:90].max() < 1e-3 and row[110:].max() < 1e-3

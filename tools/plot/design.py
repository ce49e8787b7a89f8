#!/usr/bin/env python3
"""
Draw doc/design.svg: threads, stamps and the way of the data.

    python3 tools/plot/design.py > doc/design.svg
"""

from xml.sax.saxutils import escape

WIDTH, HEIGHT = 1200, 838
LINE = 15  # from one line of text to the next [pixels]

# Fill and border of a box, by the thread that works in it.
COLORS = {
    'outside': ('#f2f2f2', '#8a8a8a'),
    'source': ('#dcebfb', '#2f6fb3'),
    'realtime': ('#fbe0dc', '#b8402f'),
    'worker': ('#e0f2e0', '#3d8b40'),
    'executor': ('#ece3f7', '#7650a8'),
    'memory': ('#fff8d9', '#a98b1a'),
    'topic': ('#ffffff', '#444444'),
}


class Figure:
    """Collect the elements of an SVG."""

    def __init__(self):
        """Begin with a white page and the arrow's head."""
        self.elements = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="DejaVu Sans, Verdana, sans-serif" '
            'font-size="12">',
            '<title>Threads, stamps and the way of the data</title>',
            '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0,0 L10,5 L0,10 z" fill="#333"/></marker>'
            '</defs>',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        ]

    def text(self, x, y, words, **style):
        """Write a line whose base is at y."""
        more = ''.join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
        self.elements.append(f'<text x="{x}" y="{y}"{more}>{escape(words)}</text>')

    def box(self, kind, x, y, width, height, *lines):
        """Draw a box with lines of text in its middle, the first one bold."""
        fill, border = COLORS[kind]
        corner = 3 if kind == 'topic' else 7
        self.elements.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{corner}" '
            f'fill="{fill}" stroke="{border}" stroke-width="1.5"/>')
        base = y + height / 2 - (len(lines) - 1) * LINE / 2 + 4
        for i, line in enumerate(lines):
            style = {'text_anchor': 'middle'}
            if i == 0:
                style['font_weight'] = 'bold'
            else:
                style['font_size'] = 11
            self.text(x + width / 2, round(base + i * LINE, 1), line, **style)

    def lane(self, y, height, title):
        """Draw the frame of a node."""
        self.elements.append(
            f'<rect x="190" y="{y}" width="770" height="{height}" rx="10" fill="#fcfcfc" '
            'stroke="#bbb" stroke-dasharray="5 4"/>')
        self.text(202, y + 19, title, font_weight='bold', font_size=14)

    def arrow(self, *points):
        """Draw a way of data."""
        way = ' '.join(f'{x},{y}' for x, y in points)
        self.elements.append(
            f'<polyline points="{way}" fill="none" stroke="#333" stroke-width="1.5" '
            'marker-end="url(#head)"/>')

    def stamp(self, number, x, y):
        """Mark a place where time is taken."""
        self.elements.append(
            f'<circle cx="{x}" cy="{y}" r="10" fill="#f2a900" stroke="#7a5500"/>')
        self.text(x, y + 4, str(number), text_anchor='middle', font_weight='bold')

    def __str__(self):
        """Return the whole SVG."""
        return '\n'.join([*self.elements, '</svg>', ''])


def camera(figure):
    """Draw the camera's lane."""
    figure.lane(48, 272, 'node camera')
    figure.box('outside', 20, 90, 150, 84, 'V4L2 driver', 'buffer_count buffers;', 'or file, ffmpeg,',
               'GStreamer, synthetic')
    figure.box('source', 225, 90, 150, 84, 'acquire', 'takes a buffer, converts;', 'gives it back when',
               'publishing is over')
    figure.box('source', 410, 90, 175, 84, 'check, turn', 'whole? size? flips,', 'rotation; without a',
               'subscriber nothing')
    figure.box('topic', 990, 84, 190, 40, '~/image_raw', "out of the driver's buffer")
    figure.box('topic', 990, 134, 190, 40, '~/camera_info', 'same stamp')
    figure.arrow((170, 132), (225, 132))
    figure.arrow((375, 132), (410, 132))
    figure.arrow((585, 104), (990, 104))
    figure.arrow((585, 154), (990, 154))
    figure.text(790, 98, "publish: the middleware's copy", text_anchor='middle', font_size=11)
    figure.stamp(1, 170, 90)
    figure.stamp(3, 585, 90)

    figure.box('memory', 600, 198, 120, 104, 'mailboxes', 'keep the latest', 'image, a copy;', 'older ones are',
               'skipped')
    figure.arrow((498, 174), (498, 250), (600, 250))
    for y, work, topic, remark in (
            (190, 'JPEG', '~/image_raw/compressed', "or the camera's own JPEG"),
            (232, 'planes', '~/planes', 'Y, U, V side by side'),
            (274, '2-D FFT', '~/spectrum', 'spectrum_rate a second')):
        figure.box('worker', 760, y, 150, 36, work)
        figure.box('topic', 990, y, 190, 36, topic, remark)
        figure.arrow((720, y + 18), (760, y + 18))
        figure.arrow((910, y + 18), (990, y + 18))


def microphone(figure):
    """Draw the microphone's lane."""
    figure.lane(340, 252, 'node microphone')
    figure.box('outside', 20, 384, 150, 84, 'sound system', 'PulseAudio, PipeWire,', 'ALSA, JACK;',
               'or file, synthetic')
    figure.box('realtime', 225, 384, 150, 84, 'acquire', 'C: a period is kept;', 'pulled when wanted,', 'and converted')
    figure.box('realtime', 410, 384, 175, 84, 'count, judge', 'first_frame, losses,', 'sample clock; never',
               'waits for a reader')
    figure.arrow((170, 426), (225, 426))
    figure.arrow((375, 426), (410, 426))
    figure.stamp(2, 410, 384)
    figure.box('memory', 620, 376, 100, 198, 'ring', 'fifo_size', 'audio frames;', 'the oldest are', 'overwritten,',
               'and counted')
    figure.arrow((585, 426), (620, 426))
    for y, kind, work, detail, topic, remark in (
            (374, 'realtime', 'blocks', 'of block_size', '~/audio', 'AudioData'),
            (426, 'worker', 'windows, FFT', 'each hop_size', '~/spectrum', 'Spectrum'),
            (478, 'worker', 'FFT, colours', 'columns of an image', '~/spectrogram', 'Image'),
            (530, 'worker', 'recording', 'a queue before the disk', 'WAV file', 'set_recording, save_snippet')):
        figure.box(kind, 760, y, 150, 44, work, detail)
        figure.box('outside' if topic == 'WAV file' else 'topic', 990, y, 190, 44, topic, remark)
        figure.arrow((720, y + 22), (760, y + 22))
        figure.arrow((910, y + 22), (990, y + 22))
    figure.stamp(3, 910, 374)
    figure.stamp(3, 910, 426)
    figure.stamp(3, 910, 478)
    figure.text(225, 500, 'Each reader reads the ring at its own pace:', font_size=11)
    figure.text(225, 515, 'a slow one loses sound, the others none,', font_size=11)
    figure.text(225, 530, 'and it counts the loss. When a source ends,', font_size=11)
    figure.text(225, 545, 'each reads the ring to its end.', font_size=11)


def control(figure):
    """Draw what each node has besides."""
    figure.lane(612, 92, 'each node')
    figure.box('worker', 320, 624, 220, 68, 'supervisor', 'opens, retries, replaces, pauses',
               'the source; a call that hangs', 'is left behind')
    figure.box('executor', 600, 624, 310, 68, 'executor', 'services, parameters, the report once',
               'a second; a thread of its own delays', 'neither images nor sound')
    figure.box('topic', 990, 614, 190, 40, '/diagnostics', 'once a second')
    figure.box('topic', 990, 662, 190, 40, 'services', 'parameters, set_capture …')
    figure.arrow((910, 634), (990, 634))
    figure.arrow((990, 682), (910, 682))
    figure.arrow((600, 658), (540, 658))
    figure.arrow((430, 624), (430, 592))


def legend(figure):
    """Explain colours and numbers."""
    figure.text(20, 734, 'Threads', font_weight='bold')
    for x, kind, words in (
            (90, 'source', "the source's"), (230, 'realtime', 'real-time priority'),
            (410, 'worker', 'a goroutine each'), (580, 'executor', "the executor's"),
            (740, 'memory', 'hand-over between them'), (950, 'outside', 'outside of the process')):
        fill, border = COLORS[kind]
        figure.elements.append(f'<rect x="{x}" y="722" width="22" height="15" rx="3" '
                               f'fill="{fill}" stroke="{border}"/>')
        figure.text(x + 29, 734, words)
    figure.text(20, 766, 'Stamps', font_weight='bold')
    for number, x, y, words in (
            (1, 100, 762, "the driver's time of the image on CLOCK_MONOTONIC; without one, the time of arrival"),
            (2, 100, 788, 'the sample clock: a line below all times of arrival, from the index of an audio frame '
                          'to its time on CLOCK_MONOTONIC'),
            (3, 100, 814, 'to ROS time by the offset of both clocks at this moment; the stamps of a topic grow '
                          "unless the system's clock is set back by more than 1 s")):
        figure.stamp(number, x, y)
        figure.text(x + 19, y + 4, words)


def main():
    """Print the figure."""
    figure = Figure()
    figure.text(20, 28, 'av_capture: one process, two nodes', font_weight='bold', font_size=17)
    figure.text(1085, 28, 'topics and files', text_anchor='middle', font_weight='bold', font_size=14)
    figure.text(95, 66, 'devices', text_anchor='middle', font_weight='bold', font_size=14)
    camera(figure)
    microphone(figure)
    control(figure)
    legend(figure)
    print(figure, end='')


if __name__ == '__main__':
    main()

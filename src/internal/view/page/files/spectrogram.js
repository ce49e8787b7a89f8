// The spectrogram: scrolls from right to left, with axes, and a cursor that reads time,
// frequency and level.

import { Spectrum } from './fft.js';
import { gradient } from './colors.js';
import { Scale, niceStep } from './scale.js';

const WINDOW = 2048; // [audio frames]
const HOP = 1024; // [audio frames]
const COLUMNS = 480;
const ROWS = 256;
const LOWEST = -110; // [dBFS] black
const MARGIN = { left: 46, bottom: 20 }; // [CSS pixels]

export class Spectrogram {
  channel = 0;
  cursor = null; // {x, y} from 0 to 1, from left and from the top
  columns = []; // levels of each bin [dBFS], the newest last
  #canvas;
  #image = new OffscreenCanvas(COLUMNS, ROWS);
  #column = new ImageData(1, ROWS);
  #spectrum = new Spectrum(WINDOW);
  #samples = new Float32Array(WINDOW);
  #filled = 0;
  #rate = 0;
  #scale = new Scale(0, false);

  constructor(canvas, sound) {
    this.#canvas = canvas;
    sound.addEventListener('begin', () => this.#begin(sound.format?.rate ?? 0));
    sound.addEventListener('samples', ({ detail }) => this.#take(detail));
    canvas.addEventListener('pointermove', (event) => this.#point(event));
    canvas.addEventListener('pointerdown', (event) => this.#point(event));
    canvas.addEventListener('pointerleave', () => { this.cursor = null; });
    canvas.addEventListener('keydown', (event) => this.#key(event));
  }

  // get and set logarithmic: the axis of frequency.
  get logarithmic() {
    return this.#scale.logarithmic;
  }

  set logarithmic(on) {
    this.#scale = new Scale(this.#rate / 2, on);
    const columns = this.columns;
    this.#clear();
    columns.forEach((levels) => this.#addColumn(levels));
  }

  // reading returns the values under the cursor: age [s], frequency [Hz], level [dBFS]; null
  // where nothing is.
  reading() {
    if (!this.cursor || !this.#rate) {
      return null;
    }
    const age = Math.round((1 - this.cursor.x) * COLUMNS);
    const levels = this.columns.at(-1 - age);
    if (!levels) {
      return null;
    }
    const place = this.#scale.frequency(1 - this.cursor.y) / this.#scale.top;
    const bin = Math.min(Math.round(place * levels.length), levels.length - 1);
    return { age: age * HOP / this.#rate, frequency: bin * this.#rate / WINDOW, level: levels[bin] };
  }

  // strongest returns frequency [Hz] and level [dBFS] of the largest peak of the newest
  // window, between bins by a parabola through three levels (J. O. Smith, "Spectral Audio
  // Signal Processing", quadratic interpolation); null without sound.
  strongest() {
    const levels = this.columns.at(-1);
    if (!levels) {
      return null;
    }
    let bin = 1;
    for (let i = 2; i < levels.length - 1; i++) {
      bin = levels[i] > levels[bin] ? i : bin;
    }
    const [a, b, c] = levels.subarray(bin - 1, bin + 2);
    const shift = (a - c) / (2 * (a - 2 * b + c)) || 0;
    return { frequency: (bin + shift) * this.#rate / WINDOW, level: b - (a - c) * shift / 4 };
  }

  // draw draws it with its axes, in the colours of the page.
  draw(style) {
    const ratio = devicePixelRatio;
    const width = this.#canvas.clientWidth;
    const height = this.#canvas.clientHeight;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    const context = this.#canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const area = { left: MARGIN.left, width: width - MARGIN.left, height: height - MARGIN.bottom };
    context.fillStyle = '#000';
    context.fillRect(area.left, 0, area.width, area.height);
    context.drawImage(this.#image, area.left, 0, area.width, area.height);
    if (this.#rate) {
      this.#drawAxes(context, area, style);
    }
    if (this.cursor) {
      context.strokeStyle = '#fff';
      context.beginPath();
      context.moveTo(area.left, this.cursor.y * area.height);
      context.lineTo(width, this.cursor.y * area.height);
      context.moveTo(area.left + this.cursor.x * area.width, 0);
      context.lineTo(area.left + this.cursor.x * area.width, area.height);
      context.stroke();
    }
  }

  #drawAxes(context, area, style) {
    context.fillStyle = context.strokeStyle = style.getPropertyValue('--soft');
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (const f of this.#scale.ticks(area.height / 30)) {
      const y = Math.min(Math.max(area.height * (1 - this.#scale.place(f)), 6), area.height - 1);
      context.fillText(f >= 1000 ? `${+(f / 1000).toFixed(2)} kHz` : `${f} Hz`, area.left - 4, y);
    }
    context.textBaseline = 'top';
    const span = COLUMNS * HOP / this.#rate;
    for (let t = 0, step = niceStep(span, area.width / 70); t <= span; t += step) {
      context.textAlign = t ? 'center' : 'right';
      context.fillText(t ? `−${+t.toFixed(2)} s` : 'now', area.left + area.width * (1 - t / span), area.height + 5);
    }
  }

  #begin(rate) {
    this.#rate = rate;
    this.#scale = new Scale(rate / 2, this.#scale.logarithmic);
    this.#filled = 0;
    this.#clear();
  }

  #clear() {
    this.columns = [];
    this.#image.getContext('2d').clearRect(0, 0, COLUMNS, ROWS);
  }

  // #take takes samples; what is missing is silence.
  #take({ channels, missing }) {
    for (let left = missing; left > 0; left -= HOP) {
      this.#append(new Float32Array(Math.min(left, HOP)));
    }
    this.#append(channels[Math.min(this.channel, channels.length - 1)]);
  }

  #append(samples) {
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + WINDOW - this.#filled);
      this.#samples.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === WINDOW) {
        this.#addColumn(this.#spectrum.levels(this.#samples));
        this.#samples.copyWithin(0, HOP);
        this.#filled = WINDOW - HOP;
      }
    }
  }

  #addColumn(levels) {
    this.columns.push(levels);
    this.columns.splice(0, Math.max(this.columns.length - COLUMNS, 0));
    const edge = (row) => this.#scale.frequency(row / ROWS) / this.#scale.top * levels.length;
    for (let row = 0; row < ROWS; row++) {
      const from = Math.floor(edge(row));
      const to = Math.max(Math.floor(edge(row + 1)), from + 1);
      const level = levels.subarray(from, to).reduce((a, b) => Math.max(a, b), -Infinity);
      this.#column.data.set(gradient(1 - level / LOWEST), 4 * (ROWS - 1 - row));
    }
    const context = this.#image.getContext('2d', { willReadFrequently: true });
    context.globalCompositeOperation = 'copy';
    context.drawImage(this.#image, -1, 0);
    context.globalCompositeOperation = 'source-over';
    context.putImageData(this.#column, COLUMNS - 1, 0);
  }

  #point({ offsetX, offsetY }) {
    const x = (offsetX - MARGIN.left) / (this.#canvas.clientWidth - MARGIN.left);
    const y = offsetY / (this.#canvas.clientHeight - MARGIN.bottom);
    this.cursor = x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
  }

  #key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === 'Escape') {
      this.cursor = null;
    }
    if (!step) {
      return;
    }
    event.preventDefault();
    const { x, y } = this.cursor ?? { x: 1, y: 0.9 };
    const size = event.shiftKey ? 10 : 1;
    const bounded = (v) => Math.min(Math.max(v, 0), 1);
    this.cursor = { x: bounded(x + step[0] * size / COLUMNS), y: bounded(y + step[1] * size / ROWS) };
  }
}

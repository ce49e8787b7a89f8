// A level meter for each channel: RMS as a bar, the peak held for a while as a line, and
// the number of clipped samples.

import { highest } from './samples.js';

const LOWEST = -72; // [dBFS] the left end
const HOLD = 1500; // [ms] for which a peak stands
const FALL = 20; // [dB/s] after that
const SPAN = 0.1; // [s] of the RMS

const decibel = (amplitude) => 20 * Math.log10(amplitude + 1e-9);

export class Levels {
  channels = []; // {rms [dBFS], peak [dBFS], clipped [samples]}
  #box;
  #rows = [];
  #limit = 1;
  #rate = 0;

  constructor(box, sound) {
    this.#box = box;
    sound.addEventListener('begin', () => this.#begin(sound.format));
    sound.addEventListener('samples', ({ detail }) => this.#take(detail));
  }

  draw(style) {
    const now = performance.now();
    this.#rows.forEach(({ canvas, text }, i) => {
      const c = this.channels[i];
      if (now - c.held > HOLD) {
        c.peak = Math.max(c.peak - FALL * (now - Math.max(c.fallen, c.held + HOLD)) / 1000, -180);
        c.fallen = now;
      }
      const width = canvas.width = canvas.clientWidth;
      const height = canvas.height = canvas.clientHeight;
      const x = (level) => width * Math.min(Math.max(1 - level / LOWEST, 0), 1);
      const context = canvas.getContext('2d');
      context.fillStyle = style.getPropertyValue('--meter');
      context.fillRect(0, 0, width, height);
      context.fillStyle = style.getPropertyValue(c.rms > -6 ? '--bad' : c.rms > -18 ? '--loud' : '--good');
      context.fillRect(0, 0, x(c.rms), height);
      context.fillStyle = style.getPropertyValue('--text');
      context.fillRect(x(c.peak) - 2, 0, 2, height);
      text.textContent = c.clipped
        ? `${c.clipped} clipped`
        : `${c.rms.toFixed(1)} (${c.peak.toFixed(1)}) dBFS`;
      text.className = c.clipped ? 'clipped' : '';
    });
  }

  #begin(format) {
    this.#limit = format ? highest(format.encoding) : 1;
    this.#rate = format?.rate ?? 0;
    this.channels = Array.from({ length: format?.channels ?? 0 }, () =>
      ({ rms: -180, power: 0, peak: -180, held: 0, fallen: 0, clipped: 0 }));
    this.#rows = this.channels.map((channel, i) => {
      const row = document.createElement('div');
      row.className = 'level';
      row.title = 'RMS and held peak; press to forget the clipped samples';
      row.tabIndex = 0;
      row.setAttribute('role', 'button');
      const name = document.createElement('span');
      name.textContent = i + 1;
      const canvas = document.createElement('canvas');
      const text = document.createElement('span');
      row.append(name, canvas, text);
      row.addEventListener('click', () => { channel.clipped = 0; });
      row.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault(); // it would scroll
          row.click();
        }
      });
      return { row, canvas, text };
    });
    this.#box.replaceChildren(...this.#rows.map(({ row }) => row));
  }

  #take({ channels }) {
    channels.forEach((samples, i) => {
      const c = this.channels[i];
      let sum = 0;
      let peak = 0;
      for (const sample of samples) {
        sum += sample * sample;
        peak = Math.max(peak, Math.abs(sample));
        c.clipped += sample >= this.#limit || sample <= -1;
      }
      const weight = Math.exp(-samples.length / (SPAN * this.#rate));
      c.power = weight * c.power + (1 - weight) * sum / (samples.length || 1);
      c.rms = decibel(Math.sqrt(c.power));
      if (decibel(peak) >= c.peak) {
        c.peak = decibel(peak);
        c.held = c.fallen = performance.now();
      }
    });
  }
}

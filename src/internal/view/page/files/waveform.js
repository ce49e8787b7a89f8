// The waveform of the last half second: the range of the samples in each column of pixels.

const SPAN = 0.5; // [s]

export class Waveform {
  channel = 0;
  #canvas;
  #samples = new Float32Array(0); // a ring
  #at = 0;

  constructor(canvas, sound) {
    this.#canvas = canvas;
    sound.addEventListener('begin', () => {
      this.#samples = new Float32Array(Math.round(SPAN * (sound.format?.rate ?? 0)));
      this.#at = 0;
    });
    sound.addEventListener('samples', ({ detail }) => {
      this.#append(new Float32Array(Math.min(detail.missing, this.#samples.length)));
      this.#append(detail.channels[Math.min(this.channel, detail.channels.length - 1)]);
    });
  }

  draw(style) {
    const ratio = devicePixelRatio;
    const width = Math.round(this.#canvas.clientWidth * ratio);
    const height = Math.round(this.#canvas.clientHeight * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    const context = this.#canvas.getContext('2d');
    context.fillStyle = style.getPropertyValue('--meter');
    context.fillRect(0, 0, width, height);
    context.fillStyle = style.getPropertyValue('--accent');
    const count = this.#samples.length;
    for (let x = 0; x < width && count; x++) {
      let low = Infinity;
      let high = -Infinity;
      const end = Math.floor((x + 1) * count / width);
      for (let i = Math.floor(x * count / width); i <= end; i++) {
        const sample = this.#samples[(this.#at + i) % count];
        low = Math.min(low, sample);
        high = Math.max(high, sample);
      }
      const top = (1 - high) / 2 * height;
      context.fillRect(x, top, 1, Math.max((high - low) / 2 * height, 1));
    }
  }

  #append(samples) {
    for (const sample of samples) {
      this.#samples[this.#at] = sample;
      this.#at = (this.#at + 1) % this.#samples.length;
    }
  }
}

// The Fourier transform of real samples, and the spectrum of a window.

// FFT computes the transform of a power of two of samples in place (Cooley and Tukey 1965).
export class FFT {
  constructor(size) {
    this.size = size;
    this.cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos(2 * Math.PI * i / size));
    this.sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin(2 * Math.PI * i / size));
    const bits = Math.log2(size);
    this.order = Uint32Array.from({ length: size }, (_, i) => {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) {
        reversed |= (i >> bit & 1) << (bits - 1 - bit);
      }
      return reversed;
    });
  }

  transform(re, im) {
    const { size, order, cos, sin } = this;
    for (let i = 0; i < size; i++) {
      const j = order[i];
      if (j > i) {
        [re[i], re[j]] = [re[j], re[i]];
        [im[i], im[j]] = [im[j], im[i]];
      }
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const a = start + k;
          const b = a + half;
          const c = cos[k * stride];
          const s = -sin[k * stride];
          const x = re[b] * c - im[b] * s;
          const y = re[b] * s + im[b] * c;
          re[b] = re[a] - x;
          im[b] = im[a] - y;
          re[a] += x;
          im[a] += y;
        }
      }
    }
  }
}

// Spectrum computes levels in dBFS with a Hann window: a full-scale sine on the centre of a
// bin reads 0.
export class Spectrum {
  constructor(size) {
    this.fft = new FFT(size);
    this.window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
    this.scale = 2 / this.window.reduce((a, b) => a + b);
    this.re = new Float64Array(size);
    this.im = new Float64Array(size);
  }

  // levels returns the level of each bin from 0 to half the rate [dBFS].
  levels(samples) {
    const { re, im, window, scale, fft } = this;
    for (let i = 0; i < fft.size; i++) {
      re[i] = samples[i] * window[i];
      im[i] = 0;
    }
    fft.transform(re, im);
    return Float32Array.from({ length: fft.size / 2 }, (_, i) =>
      20 * Math.log10(Math.hypot(re[i], im[i]) * scale + 1e-9));
  }
}

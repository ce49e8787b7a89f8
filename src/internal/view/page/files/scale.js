// The axis of frequency: linear from 0, or logarithmic from 50 Hz, to half the rate. Places
// on it are from 0 at the bottom to 1 at the top.

const LOWEST = 50; // [Hz] of the logarithmic axis

export class Scale {
  constructor(top, logarithmic) {
    this.top = top;
    this.logarithmic = logarithmic && top > LOWEST;
  }

  // frequency returns the frequency at a place [Hz].
  frequency(place) {
    return this.logarithmic ? LOWEST * (this.top / LOWEST) ** place : place * this.top;
  }

  // place returns the place of a frequency.
  place(frequency) {
    return this.logarithmic ? Math.log(frequency / LOWEST) / Math.log(this.top / LOWEST) : frequency / this.top;
  }

  // ticks returns frequencies for labels, of which so many have room.
  ticks(most) {
    const ticks = [];
    if (this.logarithmic) {
      for (let decade = 10; decade <= this.top; decade *= 10) {
        ticks.push(...[1, 2, 5].map((m) => m * decade).filter((f) => f >= LOWEST && f <= this.top));
      }
      return ticks;
    }
    for (let f = 0, step = niceStep(this.top, most); f <= this.top; f += step) {
      ticks.push(f);
    }
    return ticks;
  }
}

// niceStep returns a step of 1, 2 or 5 times a power of ten, so that a range has at most so
// many steps.
export function niceStep(range, most) {
  const least = range / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((m) => m * power >= least);
}

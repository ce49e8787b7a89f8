// The rate of events, over the last seconds.

const SPAN = 5000; // [ms]

export class Rate {
  #times = [];
  #amounts = [];
  #since = 0; // [ms] of the first event after none

  // add notes an event, of an amount.
  add(amount = 1) {
    this.#trim();
    const now = performance.now();
    const first = !this.#times.length;
    if (first) {
      this.#since = now;
    }
    this.#times.push(now);
    this.#amounts.push(first ? 0 : amount); // that of the first belongs to the time before
  }

  // value returns the amount per second, 0 when nothing came for the span. Events that come
  // in bursts do not raise it.
  value() {
    this.#trim();
    if (this.#times.length < 2) {
      return 0;
    }
    const sum = this.#amounts.reduce((a, b) => a + b, 0);
    return sum * 1000 / Math.min(SPAN, performance.now() - this.#since);
  }

  clear() {
    this.#times = [];
    this.#amounts = [];
  }

  #trim() {
    const begin = performance.now() - SPAN;
    const from = this.#times.findIndex((t) => t >= begin);
    this.#times = from < 0 ? [] : this.#times.slice(from);
    this.#amounts = from < 0 ? [] : this.#amounts.slice(from);
  }
}

// The rate of events, over the last seconds.

const SPAN = 5000; // [ms]

export class Rate {
  #times = [];
  #amounts = [];

  // add notes an event, of an amount.
  add(amount = 1) {
    this.#times.push(performance.now());
    this.#amounts.push(amount);
    this.#trim();
  }

  // value returns the amount per second, 0 when nothing came for the span.
  value() {
    this.#trim();
    if (this.#times.length < 2) {
      return 0;
    }
    // From the first event to the last: the first one's amount belongs to the time before.
    const sum = this.#amounts.reduce((a, b) => a + b, -this.#amounts[0]);
    return sum * 1000 / Math.max(this.#times.at(-1) - this.#times[0], performance.now() - this.#times.at(-1));
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

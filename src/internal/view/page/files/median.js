// The median of the newest values: what happens once does not move it.

export class Median {
  #values = [];
  #most;
  #median = NaN;

  constructor(most) {
    this.#most = most;
  }

  add(value) {
    this.#values.push(value);
    this.#values.splice(0, this.#values.length - this.#most);
    this.#median = this.#values.toSorted((a, b) => a - b)[this.#values.length >> 1];
  }

  // value returns the median, NaN without values.
  value() {
    return this.#median;
  }

  clear() {
    this.#values = [];
    this.#median = NaN;
  }
}

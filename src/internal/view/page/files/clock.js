// The server's clock, as seen from here: stamps are of the server's machine, whose clock may
// differ from this one's.

const INTERVAL = 2000; // [ms]
const REMEMBERED = 10; // answers, of which the quickest counts

export class Clock {
  #answers = [];
  #link;

  constructor(link) {
    this.#link = link;
    link.addEventListener('open', () => {
      this.#answers = [];
      this.#ask();
    });
    link.addEventListener('message', ({ detail }) => detail.type === 'time' && this.#answer(detail));
    setInterval(() => this.#ask(), INTERVAL);
  }

  // now returns the server's time [ms since 1970].
  now() {
    return Clock.#here() + (this.#best()?.offset ?? 0);
  }

  // since returns the time since an instant [ms]. It is later now than a message's arrival at
  // the server, by whatever a busy machine makes the estimate wrong.
  since(instant, arrived) {
    return Math.max(this.now(), arrived) - instant;
  }

  static #here() {
    return performance.timeOrigin + performance.now();
  }

  #ask() {
    this.#link.send({ time: Clock.#here() });
  }

  #answer({ page, now }) {
    const here = Clock.#here();
    this.#answers.push({ trip: here - page, offset: now - (page + here) / 2 });
    this.#answers = this.#answers.slice(-REMEMBERED);
  }

  #best() {
    return this.#answers.reduce((best, a) => (best && best.trip <= a.trip ? best : a), null);
  }
}

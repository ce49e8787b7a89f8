// What is shown and heard is in step: pictures and sound of one instant, by their stamps, are
// presented at one time.
//
// While sound is heard, that is when it leaves the loudspeaker: pictures and the drawings of
// the sound wait for it. Otherwise pictures are drawn as they come, and the drawings of the
// sound, which comes sooner, wait for them.

import { Median } from './median.js';

const LONGEST = 2000; // [ms] that anything waits: stamps that want more are of other clocks
const LEAD = 8; // [ms] half of a screen's refresh, by which a drawing is late on average
const PICTURES = 30; // of the medians

export class Presentation {
  #clock;
  #sound;
  #listen;
  #delay = new Median(PICTURES); // [ms] from acquisition of pictures to their drawing
  #skew = new Median(PICTURES); // [ms]

  constructor(clock, sound, listen) {
    this.#clock = clock;
    this.#sound = sound;
    this.#listen = listen;
  }

  // waits reports whether a picture has to wait for its sound.
  waits(stamp) {
    const early = stamp - LEAD - this.#heard();
    return early > 0 && early < LONGEST; // not while nothing is heard, which is NaN
  }

  // drawn notes that a picture is drawn now.
  drawn(stamp, arrived) {
    const heard = this.#heard();
    if (Math.abs(heard - stamp) < LONGEST) {
      this.#skew.add(heard - stamp);
    } else if (Number.isFinite(heard)) {
      this.#skew.clear();
    } else {
      this.#skew.clear();
      this.#delay.add(this.#clock.since(stamp, arrived));
    }
  }

  // forget forgets the pictures: others follow, or none.
  forget() {
    this.#delay.clear();
    this.#skew.clear();
  }

  // skew returns by how much pictures are later than their sound [ms], the median; NaN while
  // nothing is heard, or their clocks are others.
  skew() {
    return this.#skew.value();
  }

  // due returns the index one past the newest audio frame that is to be drawn now, of those
  // up to end: all of them where neither a picture nor the loudspeaker is waited for.
  due(end) {
    const heard = this.#listen.heard();
    const now = Number.isFinite(heard) ? heard : this.#sound.index(this.#clock.now() - this.#delay.value());
    const early = this.#sound.stamp(end) - this.#sound.stamp(now);
    return early > 0 && early < LONGEST ? Math.floor(now) : end;
  }

  // #heard returns the stamp of what is heard now, NaN while nothing is.
  #heard() {
    return this.#sound.stamp(this.#listen.heard());
  }
}
